package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.tensor.internal.GroupStatistics;
import java.util.List;

/**
 * The encoder or the decoder of a model, and a random input for it. Group normalizations have the
 * statistics of this input for all others, too, as all tiles of an image have the same.
 *
 * <p>Layers may ignore what is gray, as a gate that is closed there. Half of the cells of the image
 * therefore have random levels, the others noise; half of the latents are those of the image.
 */
final class ProbePass {
  /** The kinds of passes. */
  enum Kind {
    ENCODER,
    DECODER
  }

  private static final long SEED = 0x71e5;

  private final CodePasses passes;
  private final Kind kind;

  /** The number of rows and columns of cells. */
  private final int rows;

  private final int columns;

  /** Whether a cell of the input is random noise. */
  private final boolean[] isNoise;

  private final Rng rng = new Rng(SEED);
  private final List<Values> input;
  private final List<GroupMoments> statistics;

  /**
   * Creates an input.
   *
   * @param rows the number of rows of cells
   * @param columns the number of columns of cells
   */
  ProbePass(CodePasses passes, Factors factors, Kind kind, int rows, int columns) {
    this.passes = passes;
    this.kind = kind;
    this.rows = rows;
    this.columns = columns;
    isNoise = new boolean[rows * columns];
    for (int i = 0; i < isNoise.length; i++) {
      isNoise[i] = rng.nextFloat() < 0.5;
    }
    Values image = image(factors);
    input =
        kind == Kind.ENCODER
            ? List.of(image)
            : latents(image).stream().map(this::withNoise).toList();
    statistics =
        GroupStatistics.collect(
            List.of(),
            Integer.MAX_VALUE,
            GroupStatistics.Tile.whole(rows, columns),
            () -> forward(input));
  }

  /**
   * Images, latents or vectors.
   *
   * @param values the values [1, height, width, channels]
   */
  record Values(float[] values, int height, int width, int channels) {
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

    /** Returns the values of a rectangle. */
    Values cut(int top, int left, int cutHeight, int cutWidth) {
      float[] cut = new float[cutHeight * cutWidth * channels];
      int length = cutWidth * channels;
      for (int y = 0; y < cutHeight; y++) {
        System.arraycopy(values, ((top + y) * width + left) * channels, cut, y * length, length);
      }
      return new Values(cut, cutHeight, cutWidth, channels);
    }
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
      int cell = row(i, empty) * columns + column(i, empty);
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

  /** Returns latents of which some cells are replaced with noise. */
  private Values withNoise(Values latents) {
    float[] values = latents.values.clone();
    for (int i = 0; i < values.length; i++) {
      if (isNoise[row(i, latents) * columns + column(i, latents)]) {
        values[i] = rng.nextFloat() - 0.5f;
      }
    }
    return latents.with(values);
  }

  /** Returns the row of cells of a value. */
  int row(int index, Values map) {
    return index / (map.width * map.channels) / (map.height / rows);
  }

  /** Returns the column of cells of a value. */
  int column(int index, Values map) {
    return index / map.channels % map.width / (map.width / columns);
  }

  /** Returns the image, or the vectors of each map. */
  List<Values> input() {
    return input;
  }

  /** Returns the latents of an image, or the pixels of vectors. */
  List<Values> run(List<Values> values) {
    return GroupStatistics.with(statistics, () -> forward(values));
  }

  private List<Values> forward(List<Values> values) {
    return kind == Kind.ENCODER ? latents(values.get(0)) : pixels(values);
  }

  private List<Values> latents(Values image) {
    try (Step step = Step.inference()) {
      return passes.unquantizedLatents(image.in(step)).stream().map(Values::of).toList();
    }
  }

  private List<Values> pixels(List<Values> vectors) {
    try (Step step = Step.inference()) {
      return List.of(Values.of(passes.pixels(vectors.stream().map(map -> map.in(step)).toList())));
    }
  }
}
