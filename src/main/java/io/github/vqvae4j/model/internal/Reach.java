package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far the layers of a model look, in cells: the pixels that become one code of the smallest
 * map. It is measured, so that it is known of custom layers, too: one line of cells of a random
 * input is changed, and the outputs are compared exactly. Changes are noise or, since trained
 * layers may ignore noise, equal for all pixels; and of several sizes and signs, since a ReLU
 * passes on only one of two signs.
 *
 * @param encoder the largest distance between a changed cell of an image and a changed latent
 * @param decoder the same for a cell of latents and the decoded pixels
 * @param isWhole whether a change reached the border: a layer may look at the whole image, such as
 *     a group normalization or attention
 */
record Reach(int encoder, int decoder, boolean isWhole) {
  /** The length of the probes in pixels, across and along the changed line of cells. */
  private static final int LENGTH = 512;

  private static final int BREADTH = 32;

  /**
   * The sizes of the changes. Small ones are lost in rounding where a path through the layers has
   * small weights; large ones saturate some layers.
   */
  private static final float[] SIZES = {1, 100, 10_000};

  private static final long SEED = 0x71e5;

  /** Measures a model with its current weights. */
  static Reach of(CodePasses passes, Factors factors) {
    Probe horizontal = new Probe(passes, factors, 2);
    Probe vertical = new Probe(passes, factors, 1);
    int encoder = 0;
    int decoder = 0;
    for (Probe probe : List.of(horizontal, vertical)) {
      encoder = Math.max(encoder, probe.encoder());
      decoder = Math.max(decoder, probe.decoder());
    }
    int border = Math.min(horizontal.middle(), vertical.middle());
    return new Reach(encoder, decoder, encoder >= border || decoder >= border);
  }

  /** How values are changed. */
  private enum Change {
    NOISE,
    BRIGHTER,
    DARKER;

    float value(Rng rng) {
      return this == NOISE ? 2 * rng.nextFloat() - 1 : this == BRIGHTER ? 1 : -1;
    }
  }

  /** Probes along an axis: 1 for rows, 2 for columns. */
  private static final class Probe {
    private final CodePasses passes;
    private final int axis;
    private final int cells;
    private final int[] shape;
    private final Rng rng = new Rng(SEED);
    private List<int[]> latentShapes = List.of();

    Probe(CodePasses passes, Factors factors, int axis) {
      this.passes = passes;
      this.axis = axis;
      int factor = axis == 1 ? factors.rows() : factors.columns();
      cells = Math.max(LENGTH / factor, 16) / 2 * 2 - 1;
      int breadth = axis == 1 ? factors.paddedWidth(BREADTH) : factors.paddedHeight(BREADTH);
      shape =
          axis == 1
              ? new int[] {1, cells * factor, breadth, factors.channels()}
              : new int[] {1, breadth, cells * factor, factors.channels()};
    }

    int middle() {
      return cells / 2;
    }

    int encoder() {
      float[] image = random(shape);
      List<float[]> before = latents(image);
      int reach = 0;
      for (float size : SIZES) {
        for (Change change : Change.values()) {
          List<float[]> after = latents(changed(image, change, size, shape));
          for (int i = 0; i < before.size(); i++) {
            reach = Math.max(reach, distance(before.get(i), after.get(i), latentShapes.get(i)));
          }
        }
      }
      return reach;
    }

    private List<float[]> latents(float[] image) {
      try (Step step = Step.inference()) {
        List<Tensor> latents = passes.latents(step.tensor(image, longs(shape)).add(0.5));
        latentShapes = latents.stream().map(map -> ints(map.shape())).toList();
        return latents.stream().map(Tensor::toFloats).toList();
      }
    }

    int decoder() {
      List<float[]> maps = latentShapes.stream().map(this::random).toList();
      float[] before = pixels(maps);
      int reach = 0;
      for (float size : SIZES) {
        for (Change change : Change.values()) {
          List<float[]> changed = new ArrayList<>();
          for (int i = 0; i < maps.size(); i++) {
            changed.add(changed(maps.get(i), change, size, latentShapes.get(i)));
          }
          reach = Math.max(reach, distance(before, pixels(changed), shape));
        }
      }
      return reach;
    }

    private float[] pixels(List<float[]> maps) {
      try (Step step = Step.inference()) {
        List<Tensor> vectors = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
          vectors.add(step.tensor(maps.get(i), longs(latentShapes.get(i))));
        }
        return passes.pixels(vectors).toFloats();
      }
    }

    private float[] random(int... size) {
      float[] values = new float[Arrays.stream(size).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = rng.nextFloat() - 0.5f;
      }
      return values;
    }

    /** Returns values of which those of the cell in the middle are changed. */
    private float[] changed(float[] values, Change change, float size, int... sides) {
      float[] changed = values.clone();
      for (int i = 0; i < changed.length; i++) {
        if (cell(i, sides) == middle()) {
          changed[i] += size * change.value(rng);
        }
      }
      return changed;
    }

    /** Returns the largest distance of a changed value from the cell in the middle. */
    private int distance(float[] before, float[] after, int... size) {
      int distance = 0;
      for (int i = 0; i < before.length; i++) {
        if (before[i] != after[i]) {
          distance = Math.max(distance, Math.abs(cell(i, size) - middle()));
        }
      }
      return distance;
    }

    /** Returns the cell of a value. */
    private int cell(int index, int... size) {
      int position = axis == 1 ? index / (size[2] * size[3]) : index / size[3] % size[2];
      return position / (size[axis] / cells);
    }
  }

  private static long[] longs(int... shape) {
    return Arrays.stream(shape).asLongStream().toArray();
  }

  private static int[] ints(long... shape) {
    return Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
  }
}
