package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.tensor.internal.GroupStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The encoder or the decoder of a model, and a random input for it. Group normalizations have the
 * statistics of this input for all others, too, as all tiles of an image have the same.
 *
 * <p>Layers may ignore what is gray, as a gate that is closed there, or noise, as one that opens in
 * flat bright areas. Images therefore have flat areas of 1, 4, 16 and 64 cells a side with random
 * levels, some of them black or white, and cells of noise. Half of the vectors are those of random
 * codes, which are equal in an area, the others noise or the latents of the image.
 */
final class ProbePass {
  /** The kinds of passes. */
  enum Kind {
    ENCODER,
    DECODER
  }

  /**
   * A pass to be probed.
   *
   * @param isUnitRange whether pixels are in [0, 1]; others are as those of standardized images
   */
  record Subject(CodePasses passes, Factors factors, Kind kind, boolean isUnitRange) {}

  private static final String NOT_FINITE = "a value of the output is not finite";

  private static final long SEED = 0x71e5;

  /** The absolute value of the pixels of images that are not in [0, 1]. */
  private static final float STANDARDIZED = 4;

  /** The maximum side of a flat area in cells. */
  private static final int LARGE = 64;

  private final CodePasses passes;
  private final Subject subject;

  /** The number of rows and columns of cells. */
  private final int rows;

  private final int columns;

  /** The area of each cell, or {@link #NOISE}. */
  private final int[] areas;

  private static final int NOISE = -1;

  private int areaCount;

  private final Rng rng = new Rng(SEED);
  private final List<Values> input;
  private final List<GroupMoments> statistics;

  /** Of the input; empty if it is to be computed with the statistics. */
  private final Optional<List<Values>> output;

  /**
   * Creates an input.
   *
   * @param rows the number of rows of cells
   * @param columns the number of columns of cells
   * @throws RuntimeException if the model does not accept the input
   */
  ProbePass(Subject subject, int rows, int columns) {
    this.subject = subject;
    passes = subject.passes;
    this.rows = rows;
    this.columns = columns;
    areas = new int[rows * columns];
    for (int top = 0; top < rows; top += LARGE) {
      for (int left = 0; left < columns; left += LARGE) {
        divide(top, left, LARGE);
      }
    }
    Start start = subject.kind == Kind.ENCODER ? start(List.of(image())) : startOfDecoder();
    input = start.input;
    statistics = start.statistics;
    output = statistics.isEmpty() ? Optional.of(start.output) : Optional.empty();
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

    private void checkFinite() {
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new ArithmeticException(NOT_FINITE);
        }
      }
    }
  }

  /** Makes a square a flat area, or divides it into 16 squares, or makes a cell noise. */
  private void divide(int top, int left, int side) {
    if (top >= rows || left >= columns) {
      return;
    }
    boolean isLarge = side > 1 && 2 * side > Math.max(rows, columns);
    if (!isLarge && rng.nextFloat() < (side == 1 ? 0.5 : 0.25)) {
      fill(top, left, side, areaCount++);
    } else if (side == 1) {
      fill(top, left, 1, NOISE);
    } else {
      int part = side / 4;
      for (int i = 0; i < 16; i++) {
        divide(top + i / 4 * part, left + i % 4 * part, part);
      }
    }
  }

  private void fill(int top, int left, int side, int area) {
    for (int y = top; y < Math.min(rows, top + side); y++) {
      for (int x = left; x < Math.min(columns, left + side); x++) {
        areas[y * columns + x] = area;
      }
    }
  }

  /** Returns an image whose cells have noise or the level of their area. */
  private Values image() {
    int height = rows * subject.factors.rows();
    int width = columns * subject.factors.columns();
    int channels = subject.factors.channels();
    Values empty = new Values(new float[height * width * channels], height, width, channels);
    float[] levels = levels(channels);
    float[] pixels = random(empty.values.length);
    for (int i = 0; i < pixels.length; i++) {
      int area = areas[row(i, empty) * columns + column(i, empty)];
      float value = area == NOISE ? pixels[i] : levels[area * channels + i % channels];
      pixels[i] = subject.isUnitRange ? value : STANDARDIZED * (2 * value - 1);
    }
    return empty.with(pixels);
  }

  /** Returns the level of each channel of each area; a quarter of the areas are black or white. */
  private float[] levels(int channels) {
    float[] levels = random(areaCount * channels);
    for (int area = 0; area < areaCount; area++) {
      float kind = 8 * rng.nextFloat();
      for (int i = 0; i < channels && kind < 2; i++) {
        levels[area * channels + i] = (int) kind;
      }
    }
    return levels;
  }

  private float[] random(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = rng.nextFloat();
    }
    return values;
  }

  /** Returns the row of cells of a value. */
  int row(int index, Values map) {
    return index / (map.width * map.channels) / (map.height / rows);
  }

  /** Returns the column of cells of a value. */
  int column(int index, Values map) {
    return index / map.channels % map.width / (map.width / columns);
  }

  /**
   * An input that the model accepts.
   *
   * @param statistics those of the group normalizations
   */
  private record Start(List<Values> input, List<GroupMoments> statistics, List<Values> output) {}

  private Start start(List<Values> values) {
    List<Values> output = new ArrayList<>();
    List<GroupMoments> moments =
        GroupStatistics.collect(
            List.of(),
            Integer.MAX_VALUE,
            GroupStatistics.Tile.whole(rows, columns),
            () -> output.addAll(forward(values)));
    return new Start(values, moments, output);
  }

  /** Returns vectors of codes only if the model does not accept others, or has no latents. */
  private Start startOfDecoder() {
    List<Values> ofCodes = IntStream.range(0, passes.maps()).mapToObj(this::ofCodes).toList();
    try {
      return start(mixed(ofCodes, latents(image())));
    } catch (InsufficientMemoryException | CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      return start(ofCodes);
    }
  }

  /** Returns the vectors of random codes. */
  private Values ofCodes(int map) {
    Codebooks codebooks = passes.codebooks(map);
    int scale = passes.scale(map);
    int books = codebooks.count();
    Values places = new Values(new float[0], rows * scale, columns * scale, books);
    float[] ofAreas = random(areaCount * books);
    int[] codes = new int[places.height * places.width * books];
    for (int i = 0; i < codes.length; i++) {
      int area = areas[row(i, places) * columns + column(i, places)];
      float value = area == NOISE ? rng.nextFloat() : ofAreas[area * books + i % books];
      int size = codebooks.sizes().get(i % books);
      codes[i] = Math.min(size - 1, (int) (value * size));
    }
    try (Step step = Step.inference()) {
      Codes all = Codes.of(codes, codebooks, 1, places.height, places.width);
      return Values.of(passes.vectors(map, all, step));
    }
  }

  /** Returns vectors of codes, latents and noise. */
  private List<Values> mixed(List<Values> ofCodes, List<Values> latents) {
    float[] sources = random(areas.length);
    List<Values> mixed = new ArrayList<>();
    for (int map = 0; map < latents.size(); map++) {
      Values other = latents.get(map);
      float[] values = ofCodes.get(map).values.clone();
      for (int i = 0; i < values.length; i++) {
        float source = sources[row(i, other) * columns + column(i, other)];
        if (source < 0.25) {
          values[i] = rng.nextFloat() - 0.5f;
        } else if (source < 0.5) {
          values[i] = other.values[i];
        }
      }
      mixed.add(other.with(values));
    }
    return mixed;
  }

  /** Returns the image, or the vectors of each map. */
  List<Values> input() {
    return input;
  }

  /** Returns the result of the input. */
  List<Values> output() {
    return output.orElseGet(() -> run(input));
  }

  /**
   * Returns the latents of an image, or the pixels of vectors.
   *
   * @throws ArithmeticException if a result is not finite
   * @throws RuntimeException if the model does not accept the values
   */
  List<Values> run(List<Values> values) {
    return GroupStatistics.with(statistics, () -> forward(values));
  }

  private List<Values> forward(List<Values> values) {
    List<Values> results = subject.kind == Kind.ENCODER ? latents(values.get(0)) : pixels(values);
    results.forEach(Values::checkFinite);
    return results;
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

  /** Returns why a model does not accept an input, for messages. */
  static String reason(RuntimeException failure) {
    // The model has not diverged: the input is made up.
    if (failure instanceof NonFiniteException) {
      return NOT_FINITE;
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }
}
