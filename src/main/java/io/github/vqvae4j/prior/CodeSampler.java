package io.github.vqvae4j.prior;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.WorkProgress;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;

/** Draws the missing codes of maps in raster order, several maps at once. */
final class CodeSampler {
  private static final Logger LOG = Log.of(Prior.class);

  /**
   * Maps that are filled together.
   *
   * @param first the index of the first one
   * @param others a hash of the other code map of each map; null if there is none
   */
  private record Chunk(int first, Codes maps, PriorInputs given, int... others) {
    static Chunk of(int first, Codes maps, PriorInputs given) {
      Codes map = given.map();
      int[] others = map == null ? null : new int[maps.count()];
      for (int i = 0; map != null && i < others.length; i++) {
        others[i] = Arrays.hashCode(map.range(i, i + 1).values());
      }
      return new Chunk(first, maps, given, others);
    }
  }

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

  /** Returns complete maps, labeled if the prior has classes. */
  Codes complete(Codes partial, PriorInputs given) {
    int[] shape = partial.shape();
    String work = "sampling " + Counts.of(shape[0], "code map");
    WorkProgress progress = new WorkProgress(LOG, work, (long) shape[0] * shape[1]);
    List<Codes> results = new ArrayList<>();
    ImageChunks.forEachByRow(
        partial.count(),
        shape[1],
        shape[2],
        (from, to) -> Chunk.of(from, partial.range(from, to), given.range(from, to)),
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

  private Codes complete(Chunk chunk, WorkProgress progress) {
    int[] shape = chunk.maps().shape();
    int height = shape[1];
    int width = shape[2];
    int[] known = chunk.maps().values();
    boolean guided = sampling.isGuided();
    // With guidance, the second half of the computed maps are the same ones without a class.
    int[] values = guided ? twice(known) : known;
    PriorInputs given = guided ? chunk.given().withoutClasses(config.classes()) : chunk.given();
    int computed = guided ? 2 * shape[0] : shape[0];
    PixelCnnCache cache = new PixelCnnCache(prior, given, computed, height, width);
    for (int row = 0; row < height; row++) {
      cache.startRow(row, values);
      int end = endOfMissing(row, values, shape);
      for (int column = 0; column < end; column++) {
        fill(chunk, row * width + column, values, cache.logits(row, column, values));
      }
      progress.add(shape[0]);
    }
    return Codes.of(Arrays.copyOf(values, known.length), config.codebookSize(), shape);
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
  private void fill(Chunk chunk, int position, int[] values, float[]... logits) {
    int count = chunk.maps().count();
    int positions = values.length / logits.length;
    for (int map = 0; map < count; map++) {
      int index = map * positions + position;
      if (values[index] == Codes.MISSING) {
        double[] ofCodes = doubles(logits[map]);
        if (sampling.isGuided()) {
          sampling.guide(ofCodes, doubles(logits[count + map]));
        }
        double uniform = random(chunk, map, position).nextDouble();
        values[index] = sampling.draw(uniform, ofCodes);
        if (sampling.isGuided()) {
          values[count * positions + index] = values[index];
        }
      }
    }
  }

  /**
   * Returns the generator of a code. The other code map is a key too: if it was sampled with the
   * same seed, its codes would otherwise have been drawn by the same random numbers.
   */
  private Rng random(Chunk chunk, int map, int position) {
    int index = chunk.first() + map;
    return chunk.others() == null
        ? Rng.at(seed, index, position)
        : Rng.at(seed, index, position, chunk.others()[map]);
  }

  private static double[] doubles(float... values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
