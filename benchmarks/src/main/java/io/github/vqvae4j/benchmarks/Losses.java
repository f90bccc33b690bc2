package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.benchmarks.libtorch.Layout;
import io.github.vqvae4j.benchmarks.libtorch.Libtorch;
import io.github.vqvae4j.benchmarks.libtorch.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The main class of a process that prints the losses of training steps as a JSON array. */
public final class Losses {
  private static final int BATCH = 32;
  private static final int IMAGES = 8 * BATCH;

  /** The parameters of {@code sonnet-cifar10}, including the codebook. */
  private static final long PARAMETERS = 695_491;

  private Losses() {}

  /**
   * Trains the model. This library saves its initial parameters to the file; libtorch loads them.
   *
   * @param args the {@link Backend}, the file, and the number of steps
   * @throws IOException if the file cannot be written or read
   */
  public static void main(String[] args) throws IOException {
    int steps = Integer.parseInt(args[2]);
    List<Double> losses = new ArrayList<>();
    try (Implementation implementation =
        implementation(Backend.valueOf(args[0]), Path.of(args[1]))) {
      implementation.train(
          Noise.blocks(IMAGES, Workload.IMAGE_SIZE),
          BATCH,
          loss -> {
            losses.add(loss);
            return losses.size() < steps;
          });
    }
    System.out.println(new Gson().toJson(losses));
  }

  private static Implementation implementation(Backend backend, Path file) throws IOException {
    if (backend == Backend.OURS) {
      Vqvae4j vqvae4j = new Vqvae4j(Workload.CODEBOOK_SIZE, Workload.IMAGE_SIZE);
      vqvae4j.model().save(file);
      return vqvae4j;
    }
    Layout layout =
        backend == Backend.LIBTORCH_CHANNELS_LAST ? Layout.CHANNELS_LAST : Layout.CONTIGUOUS;
    Libtorch libtorch =
        new Libtorch(Workload.CODEBOOK_SIZE, Workload.IMAGE_SIZE, layout, Weights.load(file));
    if (libtorch.parameterCount() != PARAMETERS) {
      throw new IllegalStateException(
          "libtorch's model: expected "
              + PARAMETERS
              + " parameters, got "
              + libtorch.parameterCount()
              + ".");
    }
    return libtorch;
  }
}
