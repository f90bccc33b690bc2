package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Nearest-neighbor search in a codebook, with the same results as an exhaustive search in double.
 * Since {@code ||x - e||^2 = ||x||^2 - 2 x e + ||e||^2} and the first term does not depend on the
 * code, the code with the highest score {@code x e - ||e||^2 / 2} is the nearest, and the scores
 * are a matrix product. The error of the float scores is bounded ({@link ScoreTable}): only codes
 * whose score is within twice the bound of the highest can be the nearest. Usually there is one;
 * otherwise the distances in double decide.
 *
 * <p>Rows and codes are processed in blocks, so memory does not grow with the product of their
 * numbers.
 */
public final class NearestRows {
  /** The number of scores in a block: 512 KB, which fits into the L2 cache. */
  private static final int BLOCK = 1 << 17;

  /** The maximum number of codes in a block. */
  private static final int BLOCK_CODES = 1024;

  /**
   * The maximum number of codes: the hash table of {@link DistinctRows} is at least twice as large.
   */
  private static final int MAX_CODES = 1 << 29;

  private static final String REMEDY =
      "look for NaN in the input and the weights; if training diverged, load the weights of an"
          + " earlier step and try a smaller learning rate";

  private final Kernels kernels;
  private final Arena arena;
  private final INDArray x;
  private final DistinctRows codes;
  private final ScoreTable table;
  private final INDArray nearest;
  private final int d;

  private NearestRows(
      Kernels kernels, Arena arena, INDArray x, DistinctRows codes, INDArray nearest) {
    this.kernels = kernels;
    this.arena = arena;
    this.x = x;
    this.codes = codes;
    d = codes.dimension();
    table = new ScoreTable(arena, codes);
    this.nearest = nearest;
  }

  /**
   * Finds the index of the nearest codebook row for each row of x; among equally near rows, the
   * lowest index. Codebook rows that are not finite are never chosen.
   *
   * @param x the rows [n, d]
   * @param codebook the codebook [k, d]
   * @param distinct supplies the searchable rows of a FLOAT codebook, possibly cached from an
   *     earlier search of the same values
   * @param nearest receives the indices [n], ints
   * @throws NonFiniteException if a row of x is not finite, or all rows of the codebook are not
   *     finite
   */
  public static void search(
      Kernels kernels,
      Arena arena,
      INDArray x,
      INDArray codebook,
      Supplier<DistinctRows> distinct,
      INDArray nearest) {
    checkSizes(x.size(0), codebook.size(0), x.size(1));
    int d = (int) x.size(1);
    int k = (int) codebook.size(0);
    if (NativeMemory.dtypeOf(x) == DType.DOUBLE) {
      double[] rows = HeapCopy.doublesOf(x);
      double[] values = HeapCopy.doublesOf(codebook);
      checkFinite(rows, 0, d);
      checkAny(anyFinite(values, d), k);
      int[] found = ExactSearch.nearest(rows, i -> values[i], k, d);
      HeapCopy.write(found, 0, found.length, nearest, 0);
      return;
    }
    DistinctRows codes = distinct.get();
    checkAny(!codes.isEmpty(), k);
    new NearestRows(kernels, arena, x, codes, nearest).run();
  }

  /** Checks that the codebook, padded to whole groups, fits into one heap array. */
  static void checkSizes(long n, long k, long d) {
    long paddedCodes = k + ScoreTable.GROUP - 1;
    if (n > Integer.MAX_VALUE || k > MAX_CODES || paddedCodes * d > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "nearestRows: expected at most "
              + Integer.MAX_VALUE
              + " rows, at most "
              + MAX_CODES
              + " codes, and a codebook of at most "
              + Integer.MAX_VALUE
              + " values including 31 codes of padding, got "
              + n
              + " rows and "
              + k
              + " codes of dimension "
              + d
              + ". Search the rows in chunks, or use fewer or lower-dimensional codes.");
    }
  }

  private static boolean anyFinite(double[] codes, int d) {
    boolean any = false;
    for (int from = 0; from < codes.length && !any; from += d) {
      any = true;
      for (int c = 0; c < d; c++) {
        any &= Double.isFinite(codes[from + c]);
      }
    }
    return any;
  }

  private static void checkAny(boolean any, int k) {
    if (!any) {
      throw new NonFiniteException(
          "nearestRows", "each of the codebook's " + k + " codes", Double.NaN, REMEDY);
    }
  }

  /**
   * Throws an exception if an element is not finite; {@code first} is the index of the first row.
   */
  private static void checkFinite(double[] rows, int first, int d) {
    for (int i = 0; i < rows.length; i++) {
      if (!Double.isFinite(rows[i])) {
        throw notFinite(first + i / d, i % d, rows[i]);
      }
    }
  }

  private static NonFiniteException notFinite(int row, int column, double value) {
    String what = "row " + row + ", column " + column + " of the input";
    return new NonFiniteException("nearestRows", what, value, REMEDY);
  }

  private void run() {
    int n = (int) x.size(0);
    int paddedCodes = (int) table.bias.length();
    int codesPerBlock = Math.min(paddedCodes, BLOCK_CODES);
    int rowsPerBlock = Math.min(n, Math.max(1, BLOCK / Math.max(codesPerBlock, d)));
    CandidateCodes candidates = new CandidateCodes(rowsPerBlock);
    for (int from = 0; from < n; from += rowsPerBlock) {
      int rows = Math.min(rowsPerBlock, n - from);
      INDArray transformed = arena.allocate(DType.FLOAT, rows, d);
      table.transform(x, from, rows, transformed, candidates.errors);
      candidates.clear();
      for (int first = 0; first < paddedCodes; first += codesPerBlock) {
        int codeCount = Math.min(codesPerBlock, paddedCodes - first);
        INDArray scores = arena.allocate(DType.FLOAT, rows, codeCount);
        INDArray best = arena.allocate(DType.FLOAT, rows, codeCount / ScoreTable.GROUP);
        kernels.scores(
            transformed,
            arena.view(table.table, (long) first * d, DType.FLOAT, codeCount, d),
            arena.view(table.bias, first, DType.FLOAT, codeCount),
            scores,
            best);
        addCandidates(candidates, first, scores, best);
        arena.release(scores);
        arena.release(best);
      }
      arena.release(transformed);
      selectNearest(candidates, from, rows);
    }
    arena.release(table.table);
    arena.release(table.bias);
  }

  /** Adds the candidates among the scores of a block, whose first code is {@code firstCode}. */
  private static void addCandidates(
      CandidateCodes candidates, int firstCode, INDArray scores, INDArray best) {
    int rows = (int) best.size(0);
    int groups = (int) best.size(1);
    float[] groupMaxima = HeapCopy.floatsOf(best);
    FloatIndexer allScores = FloatIndexer.create((FloatPointer) scores.data().pointer());
    for (int i = 0; i < rows; i++) {
      float highest = Float.NEGATIVE_INFINITY;
      for (int g = i * groups; g < (i + 1) * groups; g++) {
        if (groupMaxima[g] > highest) {
          highest = groupMaxima[g];
        }
      }
      float threshold = candidates.updateHighest(i, highest);
      for (int g = 0; g < groups; g++) {
        if (groupMaxima[i * groups + g] >= threshold) {
          long index = ((long) i * groups + g) * ScoreTable.GROUP;
          for (int j = 0; j < ScoreTable.GROUP; j++) {
            float score = allScores.get(index + j);
            if (score >= threshold) {
              candidates.add(i, firstCode + g * ScoreTable.GROUP + j, score);
            }
          }
        }
      }
    }
  }

  private void selectNearest(CandidateCodes candidates, int from, int rows) {
    int[] found = new int[rows];
    int[] undecided = new int[rows];
    int count = 0;
    float[] row = new float[d];
    for (int i = 0; i < rows; i++) {
      int chosen = candidates.singleCandidate(i);
      if (chosen == CandidateCodes.MULTIPLE) {
        HeapCopy.read(x, (long) (from + i) * d, row, 0, d);
        chosen = candidates.nearest(i, row, codes.values());
      }
      if (chosen == CandidateCodes.TOO_MANY) {
        undecided[count++] = i;
      }
      found[i] = chosen;
    }
    if (count > 0) {
      searchExhaustively(undecided, count, from, found);
    }
    HeapCopy.write(found, 0, rows, nearest, from);
  }

  private void searchExhaustively(int[] undecided, int count, int from, int... found) {
    double[] rows = new double[count * d];
    float[] row = new float[d];
    for (int i = 0; i < count; i++) {
      HeapCopy.read(x, (long) (from + undecided[i]) * d, row, 0, d);
      for (int c = 0; c < d; c++) {
        if (!Float.isFinite(row[c])) {
          throw notFinite(from + undecided[i], c, row[c]);
        }
        rows[i * d + c] = row[c];
      }
    }
    float[] values = codes.values();
    int[] chosen = ExactSearch.nearest(rows, i -> values[i], codes.count(), d);
    for (int i = 0; i < count; i++) {
      found[undecided[i]] = chosen[i];
    }
  }
}
