package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.benchmarks.libtorch.Layout;
import io.github.vqvae4j.benchmarks.libtorch.Libtorch;
import io.github.vqvae4j.benchmarks.libtorch.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The process that prints the losses of some training steps, as a JSON array. */
public final class Losses {
  private static final int BATCH = 32;
  private static final int IMAGES = 8 * BATCH;

  private Losses() {}

  /**
   * Trains. This library writes its first parameters to the file, libtorch starts from them.
   *
   * @param args {@link Side}, file, steps
   * @throws IOException if the file cannot be written or read
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[2]);
    List<Double> losses = new ArrayList<>();
    try (Contestant contestant = contestant(Side.valueOf(args[0]), Path.of(args[1]))) {
      contestant.train(
          Noise.blocks(IMAGES, Setting.IMAGE_SIZE),
          BATCH,
          loss -> {
            losses.add(loss);
            return losses.size() < steps;
          });
    }
    System.out.println(new Gson().toJson(losses));
  }

  private static Contestant contestant(Side side, Path file) throws IOException {
    if (side == Side.OURS) {
      Ours ours = new Ours(Setting.CODEBOOK_SIZE, Setting.IMAGE_SIZE);
      ours.model().save(file);
      return ours;
    }
    Layout layout = side == Side.LIBTORCH_CHANNELS_LAST ? Layout.CHANNELS_LAST : Layout.CONTIGUOUS;
    Libtorch peer =
        new Libtorch(Setting.CODEBOOK_SIZE, Setting.IMAGE_SIZE, layout, Weights.of(file));
    if (peer.parameterCount() != PARAMETERS) {
      throw new IllegalStateException(
          "libtorch's model has " + peer.parameterCount() + " parameters, not " + PARAMETERS);
    }
    return peer;
  }

  /** Of {@code sonnet-cifar10}, with its codebook. */
  private static final long PARAMETERS = 695_491;
}
