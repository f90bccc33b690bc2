package io.github.vqvae4j.quantize;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Restarts dead codes, to which hardly any latents are assigned, at latents of the training step.
 *
 * <p>The candidates are the latents with the largest values of ln(u) / error, where error is the
 * squared distance from the assigned code and u is uniform. This is weighted sampling without
 * replacement (Efraimidis and Spirakis 2006). With uniform sampling, codes would accumulate where
 * many latents are similar and already well represented. As u depends on the position of a latent
 * in the whole batch only, and merging keeps the largest values, the choice does not depend on how
 * a batch is divided.
 *
 * <p>The latents may have been released at commit, so the pass copies as many candidates as codes
 * could be dead. Dead codes without a candidate remain unchanged until a later step.
 */
final class DeadCodeRestart {
  /** The approximate number of values copied to the heap at a time. */
  private static final int CHUNK = 1 << 16;

  /** A latent, with its value of ln(u) / error. */
  private record Candidate(double key, Vector vector) {}

  /** A vector that is equal to those of the same values. */
  private record Vector(double[] values) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Vector vector && Arrays.equals(values, vector.values);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(values);
    }
  }

  /** An upper bound of the number of dead codes after the step. */
  private final int limit;

  /** Up to {@code limit} distinct vectors, in descending order of their keys. */
  private final List<Candidate> candidates;

  private DeadCodeRestart(int limit, List<Candidate> candidates) {
    this.limit = limit;
    this.candidates = candidates;
  }

  /**
   * Samples the candidates of a pass.
   *
   * @param limit an upper bound of the number of dead codes after the step
   * @param latents the latents [n, D], grouped by example
   * @param selected the codebook vector of each latent [n, D]
   * @param examples the number of examples, a divisor of n
   */
  static DeadCodeRestart sample(int limit, Tensor latents, Tensor selected, int examples) {
    long draw = latents.step().nextDraw();
    if (limit == 0) {
      return new DeadCodeRestart(0, List.of());
    }
    double[] keys = keys(errors(latents, selected), latents.step().key(), draw, examples);
    int count = (int) Arrays.stream(keys).filter(key -> key > Double.NEGATIVE_INFINITY).count();
    if (count == 0) {
      return new DeadCodeRestart(limit, List.of());
    }
    int first = (int) Math.min(count, 2L * limit);
    List<Candidate> candidates = best(first, limit, keys, latents);
    if (candidates.size() < limit && first < count) { // many of them are equal
      candidates = best(count, limit, keys, latents);
    }
    return new DeadCodeRestart(limit, candidates);
  }

  /** Returns the distinct vectors among the latents with the largest keys. */
  private static List<Candidate> best(int count, int limit, double[] keys, Tensor latents) {
    int[] order = latents.step().tensor(keys, keys.length).topK(count, 0).indices().toInts();
    Stream<Candidate> descending =
        Arrays.stream(order).mapToObj(i -> new Candidate(keys[i], vector(latents, i)));
    return distinct(descending.iterator(), limit);
  }

  /**
   * Returns ln(u) / error for each latent, with u of its position in the whole batch; negative
   * infinity for latents that are equal to their code.
   */
  private static double[] keys(double[] errors, RngKey key, long draw, int examples) {
    double[] keys = new double[errors.length];
    int perExample = errors.length / examples;
    for (int i = 0; i < examples; i++) {
      Rng rng = key.example(draw, i);
      for (int j = i * perExample; j < (i + 1) * perExample; j++) {
        double logarithm = Math.log(1 - rng.nextDouble());
        keys[j] = errors[j] > 0 ? logarithm / errors[j] : Double.NEGATIVE_INFINITY;
      }
    }
    return keys;
  }

  /** Returns the squared distance of each latent from its codebook vector. */
  private static double[] errors(Tensor latents, Tensor selected) {
    int n = Math.toIntExact(latents.size(0));
    int d = Math.toIntExact(latents.size(1));
    double[] errors = new double[n];
    int chunkSize = Math.max(1, CHUNK / d);
    for (int start = 0; start < n; start += chunkSize) {
      int count = Math.min(chunkSize, n - start);
      double[] chunk = rows(latents, start, count);
      double[] vectors = rows(selected, start, count);
      for (int i = 0; i < chunk.length; i++) {
        double difference = chunk[i] - vectors[i];
        errors[start + i / d] += difference * difference;
      }
    }
    return errors;
  }

  private static Vector vector(Tensor latents, int row) {
    return new Vector(withoutNegativeZeros(rows(latents, row, 1)));
  }

  /** Replaces -0 by 0, which are equal as numbers, in place. */
  private static double[] withoutNegativeZeros(double... values) {
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.0;
    }
    return values;
  }

  /** Copies rows to the heap. For FLOAT, this does not use memory of the step. */
  private static double[] rows(Tensor table, int start, int count) {
    if (table.dtype() == DType.DOUBLE) {
      return table.slice(0, start, start + count).toDoubles();
    }
    float[] floats = new float[count * Math.toIntExact(table.size(1))];
    table.read((long) start * table.size(1), floats, 0, floats.length);
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  /** Returns the first distinct vectors of candidates, as many as the limit at most. */
  private static List<Candidate> distinct(Iterator<Candidate> candidates, int limit) {
    List<Candidate> result = new ArrayList<>();
    Set<Vector> vectors = new HashSet<>();
    while (result.size() < limit && candidates.hasNext()) {
      Candidate candidate = candidates.next();
      if (vectors.add(candidate.vector)) {
        result.add(candidate);
      }
    }
    return result;
  }

  /**
   * Returns the candidates of both passes with the largest keys. Equal keys are in the order of the
   * latents in the batch.
   *
   * @param following the candidates among the following examples
   */
  DeadCodeRestart merge(DeadCodeRestart following) {
    List<Candidate> all = new ArrayList<>(candidates);
    all.addAll(following.candidates);
    all.sort(Comparator.comparingDouble(Candidate::key).reversed()); // stable
    int smaller =
        Math.min(limit, following.limit); // counts of more examples leave fewer codes dead
    return new DeadCodeRestart(smaller, distinct(all.iterator(), smaller));
  }

  /**
   * Moves dead codes, in order, to as many candidates with the largest keys, except those that are
   * equal to an existing code. Restarted codes are assigned the mean count, so that they are not
   * immediately dead again.
   *
   * @param isDead whether each code is dead
   * @param counts the average counts, updated in place
   * @param codebook the codebook vectors [K, D]
   * @param sums the average sums [K, D], or null for a codebook without sums
   */
  void apply(boolean[] isDead, double[] counts, Variable codebook, Variable sums) {
    int[] dead = IntStream.range(0, isDead.length).filter(i -> isDead[i]).toArray();
    List<double[]> vectors = newVectors(dead.length, codebook);
    if (vectors.isEmpty()) {
      return;
    }
    int d = codebook.size() / counts.length;
    double mean = Arrays.stream(counts).sum() / counts.length;
    int[] restarted = Arrays.copyOf(dead, vectors.size());
    double[] rows = new double[restarted.length * d];
    for (int i = 0; i < restarted.length; i++) {
      System.arraycopy(vectors.get(i), 0, rows, i * d, d);
      counts[restarted[i]] = mean;
    }
    codebook.replaceRows(restarted, rows);
    if (sums != null) {
      sums.replaceRows(restarted, Arrays.stream(rows).map(value -> mean * value).toArray());
    }
  }

  /** Returns the vectors of the first candidates that are not yet in the codebook. */
  private List<double[]> newVectors(int count, Variable codebook) {
    List<Candidate> first = candidates.subList(0, Math.min(count, candidates.size()));
    if (first.isEmpty()) {
      return List.of();
    }
    Set<Vector> missing = new HashSet<>();
    first.forEach(candidate -> missing.add(candidate.vector));
    RowChunks rows = new RowChunks(codebook);
    int d = rows.width();
    double[] row = new double[d];
    while (rows.next()) {
      for (int i = 0; i < rows.count(); i++) {
        System.arraycopy(rows.values(), i * d, row, 0, d);
        missing.remove(new Vector(withoutNegativeZeros(row)));
      }
    }
    return first.stream()
        .map(Candidate::vector)
        .filter(missing::contains)
        .map(Vector::values)
        .toList();
  }
}
