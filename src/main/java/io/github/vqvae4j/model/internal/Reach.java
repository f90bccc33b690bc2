package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.internal.ProbePass.Subject;
import java.util.OptionalInt;

/**
 * Measures how far the layers of a model look, in cells: the pixels that become one code of the
 * smallest map. It is measured with {@linkplain ReachProbe probes}, so that it is known of custom
 * layers, too, and {@linkplain ReachCheck verified}.
 */
final class Reach {
  /**
   * The reach of a pass.
   *
   * @param cells the largest distance between a changed cell of the input and one of the output; 0
   *     if a layer looks at the whole image
   * @param period tiles that start at multiples of this number of cells equal the whole image; more
   *     than 1 if a layer has a coarser grid, such as windows of attention
   * @param isWhole whether no tiles equal the whole image: a layer looks further than {@value
   *     #LIMIT} pixels, and thus perhaps at the whole image, such as attention, or depends on the
   *     size of the image; group normalizations do not count
   */
  record Pass(int cells, int period, boolean isWhole) {
    static final Pass WHOLE = new Pass(0, 1, true);
  }

  /** In pixels. Tiles with wider margins would take more memory than most whole images. */
  static final int LIMIT = 512;

  /**
   * The initial length of a probe: the maximum of these pixels, so that all that a layer looks at
   * within the limit is seen, and these cells.
   */
  private static final int PIXELS = 1024;

  private static final int CELLS = 64;

  /** The breadth of the first probes in pixels. */
  private static final int NARROW = 32;

  private static final int[] PERIODS = {1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 32};

  private Reach() {}

  /**
   * Measures with narrow probes and verifies the result. What looks aside, and never straight along
   * an axis, such as an even dilated kernel, looks past narrow probes, and is measured with broad
   * ones.
   *
   * @throws RuntimeException if the model does not accept the probes, or if there is not enough
   *     memory for them
   */
  static Pass measure(Subject subject) {
    Factors factors = subject.factors();
    int factor = Math.max(factors.rows(), factors.columns());
    OptionalInt narrow = cells(subject, NARROW);
    if (narrow.isEmpty()) {
      return Pass.WHOLE;
    }
    int aside = aside(subject);
    Pass straight = new Pass(narrow.getAsInt(), 1, false);
    if (aside <= straight.cells && ReachCheck.passes(straight, subject)) {
      return straight;
    }
    int breadth = Math.max(ReachCheck.PIXELS, Math.min(LIMIT, ReachCheck.CELLS * factor));
    OptionalInt cells = cells(subject, Math.max(breadth, (aside + 2) * factor));
    if (cells.isEmpty()) {
      return Pass.WHOLE;
    }
    for (int period : PERIODS) {
      // Cells look differently far, depending on their position in the coarser grid.
      Pass pass = new Pass(cells.getAsInt() + period - 1, period, false);
      if ((long) pass.cells * factor <= LIMIT && ReachCheck.passes(pass, subject)) {
        return pass;
      }
    }
    return Pass.WHOLE;
  }

  /** Returns how far a change of a line as broad as the limit is seen, whatever is next to it. */
  private static int aside(Subject subject) {
    int rows = LIMIT / subject.factors().rows() + 2;
    int breadth = LIMIT + 2 * subject.factors().columns();
    return new ReachProbe(subject, ReachProbe.Axis.ROWS, rows, breadth).reachOfFirstLine();
  }

  /** Returns the larger reach of both axes, or none above the limit. */
  private static OptionalInt cells(Subject subject, int breadth) {
    int cells = 0;
    for (ReachProbe.Axis axis : ReachProbe.Axis.values()) {
      int along = cells(subject, breadth, axis);
      if ((long) along * axis.factor(subject.factors()) > LIMIT) {
        return OptionalInt.empty();
      }
      cells = Math.max(cells, along);
    }
    return OptionalInt.of(cells);
  }

  /**
   * Measures along an axis. The probe is lengthened until it sees several times as far as the
   * layers look, since a layer may look further than its neighbors do, and past a short probe.
   * Lengths are odd so that no Winograd convolution is used at the scale of cells: its rounding
   * spreads a change over a tile, and would add to the reach.
   */
  private static int cells(Subject subject, int breadth, ReachProbe.Axis axis) {
    int factor = axis.factor(subject.factors());
    int length = Math.max(PIXELS / factor, CELLS) | 1;
    while (true) {
      ReachProbe probe = new ReachProbe(subject, axis, length, breadth);
      int cells = probe.reach();
      if ((long) cells * factor > LIMIT || cells <= probe.reliable()) {
        return cells;
      }
      length = 2 * length + 1;
    }
  }
}
