package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Checks that the libtorch model computes the same as this library's: with the same initial
 * parameters and batches, the losses of the first training steps agree, and both decrease.
 */
final class EquivalenceCheck {
  private static final int STEPS = 60;
  private static final int FIRST_STEPS = 5;
  private static final double TOLERANCE = 1e-4;

  /** Later steps differ more, because rounding changes the nearest code of single latents. */
  private static final double LATER_TOLERANCE = 0.1;

  private EquivalenceCheck() {}

  /**
   * Checks both layouts of libtorch.
   *
   * @return the result as a sentence
   * @throws IOException if a process fails
   * @throws IllegalStateException if the losses differ
   */
  static String run(ProcessLauncher launcher) throws IOException {
    Path file = Files.createTempFile("model", ".safetensors");
    try {
      List<Double> losses = launcher.losses(Backend.OURS, file, STEPS);
      for (Backend backend : Configuration.LIBTORCH.backends()) {
        check(losses, launcher.losses(backend, file, STEPS));
      }
      return String.format(
          Locale.ROOT,
          "Before the measurements, the implementations were checked for equivalence: with the"
              + " same initial parameters and batches, the losses of the first %d training steps"
              + " agree within %s and decrease from %.3f to %.3f in %d steps.",
          FIRST_STEPS,
          TOLERANCE,
          losses.get(0),
          losses.get(STEPS - 1),
          STEPS);
    } finally {
      Files.delete(file);
    }
  }

  private static void check(List<Double> losses, List<Double> libtorchLosses) {
    for (int i = 0; i < STEPS; i++) {
      double tolerance = i < FIRST_STEPS ? TOLERANCE : LATER_TOLERANCE;
      if (!(Math.abs(losses.get(i) / libtorchLosses.get(i) - 1) <= tolerance)) {
        throw new IllegalStateException(
            "libtorch's model is not equivalent: expected loss "
                + losses.get(i)
                + " at step "
                + (i + 1)
                + ", got "
                + libtorchLosses.get(i)
                + ".");
      }
    }
    if (!(libtorchLosses.get(STEPS - 1) < 0.8 * libtorchLosses.get(0))) {
      throw new IllegalStateException("libtorch's loss does not decrease: " + libtorchLosses);
    }
  }
}
