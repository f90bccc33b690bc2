package io.github.vqvae4j.prior;

import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Draws the missing codes of maps in raster order, several maps at once. */
final class CodeSampler {
  /**
   * Maps that are filled together.
   *
   * @param first the index of the first one
   */
  private record Chunk(int first, Codes maps, PriorInputs given) {}

  private final PixelCnn prior;
  private final PixelCnnConfig config;
  private final Sampling sampling;
  private final long seed;

  CodeSampler(PixelCnn prior, Sampling sampling, long seed) {
    this.prior = prior;
    config = prior.config();
    this.sampling = sampling;
    this.seed = seed;
  }

  /** Returns complete maps, labelled if the prior has classes. */
  Codes complete(Codes partial, PriorInputs given) {
    int[] shape = partial.shape();
    SamplingProgress progress = new SamplingProgress(partial.count(), shape[1]);
    List<Codes> results = new ArrayList<>();
    ImageChunks.forEach(
        partial.count(),
        (long) shape[1] * shape[2],
        (from, to) -> new Chunk(from, partial.range(from, to), given.range(from, to)),
        chunk -> complete(chunk, progress),
        results::add);
    Codes all = Codes.concat(results.toArray(Codes[]::new));
    return given.labels() == null ? all : all.withLabels(labels(given));
  }

  /** Returns the labels, with {@link Codes#MISSING} for none. */
  private int[] labels(PriorInputs given) {
    return Arrays.stream(given.labels())
        .map(label -> label == config.classes() ? Codes.MISSING : label)
        .toArray();
  }

  private Codes complete(Chunk chunk, SamplingProgress progress) {
    int[] shape = chunk.maps().shape();
    int count = shape[0];
    int height = shape[1];
    int width = shape[2];
    int[] values = chunk.maps().values();
    boolean guided = sampling.isGuided();
    // With guidance, the second half of the maps are the same ones without a class.
    PriorInputs given = guided ? chunk.given().withoutClasses(config.classes()) : chunk.given();
    int computed = guided ? 2 * count : count;
    try (PixelCnnCache cache = new PixelCnnCache(prior, given, computed, height, width)) {
      for (int row = 0; row < height; row++) {
        cache.startRow(row, guided ? twice(values) : values);
        int end = endOfMissing(row, values, shape);
        for (int column = 0; column < end; column++) {
          float[] logits = cache.logits(row, column, guided ? twice(values) : values);
          fill(chunk.first(), row * width + column, values, count, logits);
        }
        progress.add(count);
      }
    }
    return Codes.of(values, config.codebookSize(), shape);
  }

  private static int[] twice(int... values) {
    int[] twice = Arrays.copyOf(values, 2 * values.length);
    System.arraycopy(values, 0, twice, values.length, values.length);
    return twice;
  }

  /** Returns the column after the last one where a map lacks a code; 0 if the row is complete. */
  private static int endOfMissing(int row, int[] values, int... shape) {
    for (int column = shape[2] - 1; column >= 0; column--) {
      for (int map = 0; map < shape[0]; map++) {
        if (values[(map * shape[1] + row) * shape[2] + column] == Codes.MISSING) {
          return column + 1;
        }
      }
    }
    return 0;
  }

  /** Draws the missing codes of a position. */
  private void fill(int first, int position, int[] values, int count, float... logits) {
    int positions = values.length / count;
    for (int map = 0; map < count; map++) {
      int index = map * positions + position;
      if (values[index] == Codes.MISSING) {
        double[] ofCodes = row(map, logits);
        if (sampling.isGuided()) {
          sampling.guide(ofCodes, row(count + map, logits));
        }
        double uniform = Rng.at(seed, first + map, position).nextDouble();
        values[index] = sampling.draw(uniform, ofCodes);
      }
    }
  }

  private double[] row(int map, float... logits) {
    int k = config.codebookSize();
    double[] row = new double[k];
    for (int i = 0; i < k; i++) {
      row[i] = logits[map * k + i];
    }
    return row;
  }
}
