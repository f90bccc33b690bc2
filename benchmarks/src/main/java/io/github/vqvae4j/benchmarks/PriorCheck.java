package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Checks that PyTorch's prior computes the same as this library's: with the same initial parameters
 * and batches, the losses of the first training steps agree.
 */
final class PriorCheck {
  private static final int BATCH = 16;
  private static final int MAPS = 8 * BATCH;
  private static final int CODEBOOK_SIZE = 128;
  private static final int SIZE = 7;
  private static final int STEPS = 20;
  private static final double TOLERANCE = 1e-4;

  private PriorCheck() {}

  /**
   * Checks the variants of PyTorch. The number of threads does not change what is computed.
   *
   * @return the result as a sentence
   * @throws IOException if a process fails
   * @throws IllegalStateException if the losses differ
   */
  static String run(PyTorch pytorch) throws IOException {
    int threads = pytorch.variants().get(0).threads();
    Path file = Files.createTempFile("prior", ".safetensors");
    Path codes = Files.createTempFile("codes", ".safetensors");
    try (PixelCnn prior = PriorModel.settings(CODEBOOK_SIZE).build()) {
      prior.save(file);
      Codes maps = maps();
      write(maps, codes);
      List<Double> losses = new ArrayList<>();
      PriorModel.train(
          prior,
          maps,
          BATCH,
          loss -> {
            losses.add(loss);
            return losses.size() < STEPS;
          });
      for (PyTorch.Variant variant : pytorch.variants()) {
        if (variant.threads() == threads) {
          int layers = prior.config().layers();
          check(losses, variant, pytorch.priorLosses(variant, file, codes, layers, BATCH));
        }
      }
      return String.format(
          Locale.ROOT,
          "Before the measurements, the implementations were checked for equivalence: with the same"
              + " initial parameters and batches, the losses of the first %d training steps agree"
              + " within %s and decrease from %.3f to %.3f.",
          STEPS,
          TOLERANCE,
          losses.get(0),
          losses.get(STEPS - 1));
    } finally {
      Files.delete(file);
      Files.delete(codes);
    }
  }

  /** Returns maps whose rows repeat, so that there is something to learn. */
  private static Codes maps() {
    int[] values = Noise.codes(MAPS * SIZE * SIZE, CODEBOOK_SIZE);
    for (int i = 0; i < values.length; i++) {
      int row = i / SIZE % SIZE;
      values[i] = values[i - row * SIZE];
    }
    int[] labels = IntStream.range(0, MAPS).map(i -> i % PriorModel.CLASSES).toArray();
    return Codes.of(values, CODEBOOK_SIZE, MAPS, SIZE, SIZE).withLabels(labels);
  }

  /** Writes the maps in the order of the training steps. */
  private static void write(Codes maps, Path file) throws IOException {
    List<Codes> all = new ArrayList<>();
    try (Batches<Codes> batches = Batches.shuffled(maps, BATCH, Implementation.SHUFFLE_SEED)) {
      for (int i = 0; i < STEPS; i++) {
        all.add(batches.next());
      }
    }
    Safetensors.write(file, Map.of(), arrays("", Codes.concat(all.toArray(Codes[]::new))));
  }

  /** Returns codes and labels as arrays for PyTorch. */
  static Map<String, NamedArray> arrays(String prefix, Codes maps) {
    long[] shape = IntStream.of(maps.shape()).asLongStream().toArray();
    int[] labels = maps.labels().orElseThrow();
    return Map.of(
        prefix.isEmpty() ? "codes" : prefix + "Codes", NamedArray.of(maps.values(), shape),
        prefix.isEmpty() ? "labels" : prefix + "Labels", NamedArray.of(labels, labels.length));
  }

  private static void check(List<Double> losses, PyTorch.Variant variant, List<Double> others) {
    for (int i = 0; i < STEPS; i++) {
      if (!(Math.abs(losses.get(i) / others.get(i) - 1) <= TOLERANCE)) {
        throw new IllegalStateException(
            variant
                + ": the prior is not equivalent: expected loss "
                + losses.get(i)
                + " at step "
                + (i + 1)
                + ", got "
                + others.get(i)
                + ".");
      }
    }
  }
}
