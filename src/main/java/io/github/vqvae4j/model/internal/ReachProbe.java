package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.tensor.internal.GroupStatistics;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A long, thin image on which it is measured how far the layers of a model look along an axis. A
 * line of cells near each end is changed, and the results are compared exactly, so that a change is
 * seen over most of the length in both directions.
 *
 * <p>A layer may ignore some changes: trained ones ignore noise, a ReLU passes on one sign only,
 * small weights lose small changes in rounding, and a gate may be closed on an image of one
 * brightness. Changes are therefore of several sizes and both signs, with noise, and the cells of
 * the image have random levels or noise.
 */
final class ReachProbe {
  /** The axes of an image. */
  enum Axis {
    ROWS,
    COLUMNS;

    int factor(Factors factors) {
      return this == ROWS ? factors.rows() : factors.columns();
    }
  }

  /** The breadth of probes in pixels. */
  private static final int BREADTH = 32;

  /** The sizes of the changes; large ones saturate some layers. */
  private static final float[] SIZES = {1, 100, 10_000};

  private static final int[] SIGNS = {1, -1};

  private static final long SEED = 0x71e5;

  private final CodePasses passes;
  private final Axis axis;
  private final Values image;

  /** The number of rows and columns of cells. */
  private final int rows;

  private final int columns;

  /** Whether a cell of the input is random noise. */
  private final boolean[] isNoise;

  private final Rng rng = new Rng(SEED);

  /**
   * Creates a probe.
   *
   * @param length the length along the axis in cells
   */
  ReachProbe(CodePasses passes, Factors factors, Axis axis, int length) {
    this.passes = passes;
    this.axis = axis;
    rows = axis == Axis.ROWS ? length : ArrayLengths.chunks(BREADTH, factors.rows());
    columns = axis == Axis.COLUMNS ? length : ArrayLengths.chunks(BREADTH, factors.columns());
    isNoise = new boolean[rows * columns];
    for (int i = 0; i < isNoise.length; i++) {
      isNoise[i] = rng.nextFloat() < 0.5;
    }
    image = image(factors);
  }

  /**
   * Images, latents or vectors.
   *
   * @param values the values [1, height, width, channels]
   */
  private record Values(float[] values, int height, int width, int channels) {
    static Values of(Tensor tensor) {
      return new Values(
          tensor.toFloats(), (int) tensor.size(1), (int) tensor.size(2), (int) tensor.size(3));
    }

    Tensor in(Step step) {
      return step.tensor(values, 1, height, width, channels);
    }

    Values with(float... others) {
      return new Values(others, height, width, channels);
    }
  }

  private int length() {
    return axis == Axis.ROWS ? rows : columns;
  }

  /** Returns the distance from an end to the changed cells near it. */
  private int inset() {
    return length() / 8;
  }

  /**
   * Returns the maximum distance, in cells, at which a result is final: a third of what is seen of
   * a change.
   */
  int reliable() {
    return (length() - 1 - inset()) / 3;
  }

  /** Returns an image in [0, 1]: cells have noise or random levels. */
  private Values image(Factors factors) {
    int height = rows * factors.rows();
    int width = columns * factors.columns();
    int channels = factors.channels();
    Values empty = new Values(new float[height * width * channels], height, width, channels);
    float[] levels = random(rows * columns * channels);
    float[] pixels = random(empty.values.length);
    for (int i = 0; i < pixels.length; i++) {
      int cell = cell(i, empty);
      if (!isNoise[cell]) {
        pixels[i] = levels[cell * channels + i % channels];
      }
    }
    return empty.with(pixels);
  }

  private float[] random(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = rng.nextFloat();
    }
    return values;
  }

  /**
   * Returns the largest distance from a changed cell to one whose latents change; above {@link
   * #reliable()}, one at which the measurement ended.
   */
  int encoder() {
    return reach(List.of(image), images -> latents(images.get(0)));
  }

  /** Returns the largest distance from a changed cell to one whose pixels change, likewise. */
  int decoder() {
    return reach(latents(image).stream().map(this::vectors).toList(), this::pixels);
  }

  /** Returns latents of which some cells are replaced with noise. */
  private Values vectors(Values latents) {
    float[] values = latents.values.clone();
    for (int i = 0; i < values.length; i++) {
      if (isNoise[cell(i, latents)]) {
        values[i] = rng.nextFloat() - 0.5f;
      }
    }
    return latents.with(values);
  }

  private List<Values> latents(Values images) {
    try (Step step = Step.inference()) {
      return passes.latents(images.in(step)).stream().map(Values::of).toList();
    }
  }

  private List<Values> pixels(List<Values> vectors) {
    try (Step step = Step.inference()) {
      return List.of(Values.of(passes.pixels(vectors.stream().map(map -> map.in(step)).toList())));
    }
  }

  private int reach(List<Values> input, UnaryOperator<List<Values>> pass) {
    // All tiles of an image have the same statistics of group normalizations.
    List<GroupMoments> known =
        GroupStatistics.collect(
            List.of(),
            Integer.MAX_VALUE,
            GroupStatistics.Tile.whole(rows, columns),
            () -> pass.apply(input));
    List<Values> before = GroupStatistics.with(known, () -> pass.apply(input));
    int reach = 0;
    for (float size : SIZES) {
      for (int sign : SIGNS) {
        for (int place : new int[] {inset(), length() - 1 - inset()}) {
          List<Values> changed =
              input.stream().map(map -> changed(map, place, sign * size)).toList();
          List<Values> after = GroupStatistics.with(known, () -> pass.apply(changed));
          reach = Math.max(reach, distance(before, after, place));
          if (reach > reliable()) {
            return reach;
          }
        }
      }
    }
    return reach;
  }

  /** Returns values of which those of a line of cells are changed by a level and by noise. */
  private Values changed(Values map, int place, float size) {
    float[] changed = map.values.clone();
    for (int i = 0; i < changed.length; i++) {
      if (place(i, map) == place) {
        changed[i] += size * (0.5f + rng.nextFloat());
      }
    }
    return map.with(changed);
  }

  /** Returns the largest distance of a changed value from a line of cells. */
  private int distance(List<Values> before, List<Values> after, int place) {
    return IntStream.range(0, before.size())
        .map(i -> distance(before.get(i), after.get(i).values, place))
        .max()
        .orElseThrow();
  }

  private int distance(Values before, float[] after, int place) {
    int distance = 0;
    for (int i = 0; i < after.length; i++) {
      if (before.values[i] != after[i]) {
        distance = Math.max(distance, Math.abs(place(i, before) - place));
      }
    }
    return distance;
  }

  /** Returns the position along the axis, in cells, of a value. */
  private int place(int index, Values map) {
    int cell = cell(index, map);
    return axis == Axis.ROWS ? cell / columns : cell % columns;
  }

  /** Returns the index of the cell of a value. */
  private int cell(int index, Values map) {
    int row = index / (map.width * map.channels);
    int column = index / map.channels % map.width;
    return row / (map.height / rows) * columns + column / (map.width / columns);
  }
}
