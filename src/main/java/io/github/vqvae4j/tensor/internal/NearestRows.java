package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The nearest row of a codebook for each of many rows, as a search in double that tries all would
 * find it. Since {@code ||x - e||^2 = ||x||^2 - 2 x e + ||e||^2} and the first term is the same for
 * every code, the code with the largest score {@code x e - ||e||^2 / 2} is nearest, and scores are
 * a matrix product. In float their errors have a bound ({@link ScoreTable}); only codes within
 * twice that of the best can be nearest, mostly one, and of several the distances in double decide.
 *
 * <p>Rows and codes go in blocks, so that memory does not grow with their numbers' product.
 */
public final class NearestRows {
  /** Scores in one block: half a megabyte, which stays in the second-level cache. */
  private static final int BLOCK = 1 << 17;

  /** Codes in a block. */
  private static final int MOST_CODES = 1024;

  /** Codes in all: {@link DistinctRows} has a table of twice as many. */
  private static final int MOST_ROWS = 1 << 29;

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
   * Finds for each row of x the index of the nearest row of the codebook, the lowest of equals;
   * rows of the codebook that are not finite are never chosen.
   *
   * @param x [n, d]
   * @param codebook [k, d]
   * @param distinct gives the codebook's rows, of FLOAT: made for this search, or before from the
   *     same numbers
   * @param nearest [n], gets ints
   * @throws NonFiniteException if a row of x is not finite, or no row of the codebook is
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
      double[] numbers = HeapCopy.doublesOf(codebook);
      checkFinite(rows, 0, d);
      checkAny(anyFinite(numbers, d), k);
      int[] found = ExactRows.nearest(rows, i -> numbers[i], k, d);
      HeapCopy.write(found, 0, found.length, nearest, 0);
      return;
    }
    DistinctRows codes = distinct.get();
    checkAny(!codes.isEmpty(), k);
    new NearestRows(kernels, arena, x, codes, nearest).run();
  }

  /** Throws unless the codebook, in whole groups, fits into one heap array. */
  static void checkSizes(long n, long k, long d) {
    long whole = k + ScoreTable.GROUP - 1;
    if (n > Integer.MAX_VALUE || k > MOST_ROWS || whole * d > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "nearestRows: expected at most "
              + Integer.MAX_VALUE
              + " rows, "
              + MOST_ROWS
              + " codes, and so many codes that these and 31 more have at most "
              + Integer.MAX_VALUE
              + " numbers, got "
              + n
              + " rows and "
              + k
              + " codes of "
              + d
              + " numbers; search rows in parts, or take fewer or shorter codes.");
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

  /** Refuses a number of these rows, the first of which has this index, that is not finite. */
  private static void checkFinite(double[] rows, int first, int d) {
    for (int i = 0; i < rows.length; i++) {
      if (!Double.isFinite(rows[i])) {
        throw notFinite(first + i / d, i % d, rows[i]);
      }
    }
  }

  private static NonFiniteException notFinite(int row, int column, double value) {
    String what = "row " + row + ", column " + column + " of the vectors";
    return new NonFiniteException("nearestRows", what, value, REMEDY);
  }

  private void run() {
    int n = (int) x.size(0);
    int whole = (int) table.bias.length();
    int count = Math.min(whole, MOST_CODES);
    int most = Math.min(n, Math.max(1, BLOCK / Math.max(count, d)));
    Candidates candidates = new Candidates(most);
    for (int from = 0; from < n; from += most) {
      int rows = Math.min(most, n - from);
      INDArray moved = arena.allocate(DType.FLOAT, rows, d);
      table.prepare(x, from, rows, moved, candidates.errors);
      candidates.clear();
      for (int first = 0; first < whole; first += count) {
        int some = Math.min(count, whole - first);
        INDArray scores = arena.allocate(DType.FLOAT, rows, some);
        INDArray best = arena.allocate(DType.FLOAT, rows, some / ScoreTable.GROUP);
        kernels.scores(
            moved,
            arena.part(table.table, (long) first * d, DType.FLOAT, some, d),
            arena.part(table.bias, first, DType.FLOAT, some),
            scores,
            best);
        compare(candidates, first, scores, best);
        arena.release(scores);
        arena.release(best);
      }
      arena.release(moved);
      decide(candidates, from, rows);
    }
    arena.release(table.table);
    arena.release(table.bias);
  }

  /** Looks through the scores of a block's rows and of codes from this one on. */
  private static void compare(
      Candidates candidates, int firstCode, INDArray scores, INDArray best) {
    int rows = (int) best.size(0);
    int groups = (int) best.size(1);
    float[] ofGroups = HeapCopy.floatsOf(best);
    FloatIndexer all = FloatIndexer.create((FloatPointer) scores.data().pointer());
    for (int i = 0; i < rows; i++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int g = i * groups; g < (i + 1) * groups; g++) {
        if (ofGroups[g] > largest) {
          largest = ofGroups[g];
        }
      }
      float least = candidates.raise(i, largest);
      for (int g = 0; g < groups; g++) {
        if (ofGroups[i * groups + g] >= least) {
          long place = ((long) i * groups + g) * ScoreTable.GROUP;
          for (int j = 0; j < ScoreTable.GROUP; j++) {
            float score = all.get(place + j);
            if (score >= least) {
              candidates.add(i, firstCode + g * ScoreTable.GROUP + j, score);
            }
          }
        }
      }
    }
  }

  private void decide(Candidates candidates, int from, int rows) {
    int[] found = new int[rows];
    int[] undecided = new int[rows];
    int count = 0;
    float[] row = new float[d];
    for (int i = 0; i < rows; i++) {
      int chosen = candidates.only(i);
      if (chosen == Candidates.SEVERAL) {
        HeapCopy.read(x, (long) (from + i) * d, row, 0, d);
        chosen = candidates.nearest(i, row, codes.numbers());
      }
      if (chosen == Candidates.TOO_MANY) {
        undecided[count++] = i;
      }
      found[i] = chosen;
    }
    if (count > 0) {
      tryAll(undecided, count, from, found);
    }
    HeapCopy.write(found, 0, rows, nearest, from);
  }

  private void tryAll(int[] undecided, int count, int from, int... found) {
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
    float[] numbers = codes.numbers();
    int[] chosen = ExactRows.nearest(rows, i -> numbers[i], codes.count(), d);
    for (int i = 0; i < count; i++) {
      found[undecided[i]] = chosen[i];
    }
  }
}
