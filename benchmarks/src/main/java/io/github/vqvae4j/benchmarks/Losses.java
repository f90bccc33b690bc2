package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import io.github.vqvae4j.benchmarks.libtorch.Layout;
import io.github.vqvae4j.benchmarks.libtorch.Libtorch;
import io.github.vqvae4j.benchmarks.libtorch.Weights;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The main class of a process that prints the losses of training steps as a JSON array. */
public final class Losses {
  /** The batch size. */
  static final int BATCH = 32;

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

  /**
   * Writes the images of the training steps, for implementations that cannot read them in the order
   * of {@link Batches}.
   *
   * @param file the safetensors file with {@code images} [steps x batch, h, w, 3] in [0, 1] and the
   *     {@code variance} of the data
   * @throws IOException if the file cannot be written
   */
  static void writeImages(Path file, int steps) throws IOException {
    int size = Workload.IMAGE_SIZE;
    Dataset images = Noise.blocks(IMAGES, size);
    int values = BATCH * size * size * 3;
    float[] all = new float[steps * values];
    try (Batches<ImageBatch> batches =
        Batches.shuffled(images, BATCH, Implementation.SHUFFLE_SEED)) {
      for (int i = 0; i < steps; i++) {
        System.arraycopy(batches.next().images(), 0, all, i * values, values);
      }
    }
    Safetensors.write(
        file,
        Map.of(),
        Map.of(
            "images", NamedArray.of(all, (long) steps * BATCH, size, size, 3),
            "variance", NamedArray.of(new float[] {(float) images.variance()}, 1)));
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
