package io.github.vqvae4j.model.internal;

/**
 * How far the layers of a model look, in cells: the pixels that become one code of the smallest
 * map. It is measured with {@linkplain ReachProbe probes}, so that it is known of custom layers,
 * too.
 *
 * @param encoder the reach of the latents into the image
 * @param decoder the reach of the decoded pixels into the latents
 */
record Reach(Pass encoder, Pass decoder) {
  /**
   * The reach of a pass.
   *
   * @param cells the largest distance between a changed cell of the input and one of the output; 0
   *     if a layer looks at the whole image
   * @param isWhole whether a layer looks further than {@value #LIMIT} pixels, and thus perhaps at
   *     the whole image, such as attention; group normalizations do not count
   */
  record Pass(int cells, boolean isWhole) {
    static final Pass WHOLE = new Pass(0, true);
  }

  /** In pixels. Tiles with wider margins would take more memory than most whole images. */
  static final int LIMIT = 512;

  /**
   * The initial length of a probe: the maximum of these pixels, so that all that a layer looks at
   * within the limit is seen, and these cells.
   */
  private static final int PIXELS = 1024;

  private static final int CELLS = 64;

  /** The kinds of passes. */
  private enum Kind {
    ENCODER,
    DECODER
  }

  /** Measures a model with its current weights. */
  static Reach of(CodePasses passes, Factors factors) {
    return new Reach(
        measure(Kind.ENCODER, passes, factors), measure(Kind.DECODER, passes, factors));
  }

  private static Pass measure(Kind kind, CodePasses passes, Factors factors) {
    int cells = 0;
    for (ReachProbe.Axis axis : ReachProbe.Axis.values()) {
      Pass along = measure(kind, passes, factors, axis);
      if (along.isWhole) {
        return along;
      }
      cells = Math.max(cells, along.cells);
    }
    return new Pass(cells, false);
  }

  /**
   * Measures along an axis. The probe is lengthened until it sees several times as far as the
   * layers look, since a layer may look further than its neighbors do, and past a short probe.
   * Lengths are odd so that no Winograd convolution is used at the scale of cells: its rounding
   * spreads a change over a tile, and would add to the reach.
   */
  private static Pass measure(Kind kind, CodePasses passes, Factors factors, ReachProbe.Axis axis) {
    int factor = axis.factor(factors);
    int length = Math.max(PIXELS / factor, CELLS) | 1;
    while (true) {
      ReachProbe probe = new ReachProbe(passes, factors, axis, length);
      int cells = kind == Kind.ENCODER ? probe.encoder() : probe.decoder();
      if ((long) cells * factor > LIMIT) {
        return Pass.WHOLE;
      }
      if (cells <= probe.reliable()) {
        return new Pass(cells, false);
      }
      length = 2 * length + 1;
    }
  }
}
