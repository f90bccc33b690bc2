package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Checks that libtorch's model computes what this library's does: from the same parameters and on
 * the same batches, the losses of the first training steps agree, and both fall.
 */
final class PeerCheck {
  private static final int STEPS = 60;
  private static final int FIRST = 5;
  private static final double TOLERANCE = 1e-4;

  /** Later steps differ since rounding sends single vectors to other codes. */
  private static final double LATER_TOLERANCE = 0.1;

  private PeerCheck() {}

  /**
   * Checks both layouts.
   *
   * @return what was found, as a sentence
   * @throws IOException if a process failed
   * @throws IllegalStateException if they differ
   */
  static String run(Processes processes) throws IOException {
    Path file = Files.createTempFile("model", ".safetensors");
    try {
      List<Double> ours = processes.losses(Side.OURS, file, STEPS);
      for (Side side : Contender.LIBTORCH.sides()) {
        check(ours, processes.losses(side, file, STEPS));
      }
      return String.format(
          Locale.ROOT,
          "Checked before measuring: from the same parameters and batches the losses of the first"
              + " %d training steps agree within %s, and fall from %.3f to %.3f in %d steps.",
          FIRST,
          TOLERANCE,
          ours.get(0),
          ours.get(STEPS - 1),
          STEPS);
    } finally {
      Files.delete(file);
    }
  }

  private static void check(List<Double> ours, List<Double> theirs) {
    for (int i = 0; i < STEPS; i++) {
      double tolerance = i < FIRST ? TOLERANCE : LATER_TOLERANCE;
      if (!(Math.abs(ours.get(i) / theirs.get(i) - 1) <= tolerance)) {
        throw new IllegalStateException(
            "libtorch's model is not the same: loss "
                + theirs.get(i)
                + " at step "
                + (i + 1)
                + ", ours "
                + ours.get(i));
      }
    }
    if (!(theirs.get(STEPS - 1) < 0.8 * theirs.get(0))) {
      throw new IllegalStateException("libtorch's loss does not fall: " + theirs);
    }
  }
}
