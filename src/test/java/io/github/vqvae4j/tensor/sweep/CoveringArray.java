package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Rows of settings in which every pair of values of any two settings occurs, if any row that is
 * allowed has it. Found greedily: of some rows with a pair that is missing, that with the most new
 * pairs.
 */
final class CoveringArray {
  private static final int GREEDY = 40;
  private static final int RANDOM = 20_000;

  private final int[] sizes;
  private final Predicate<int[]> allowed;
  private final Rng rng;
  private final boolean[][][] covered;
  private final List<int[]> rows = new ArrayList<>();
  private int pairs;
  private int impossible;

  /**
   * Finds the rows.
   *
   * @param sizes how many values each setting has
   * @param allowed which rows, of an index of a value for each setting, may occur
   */
  CoveringArray(long seed, Predicate<int[]> allowed, int... sizes) {
    this.sizes = sizes.clone();
    this.allowed = allowed;
    rng = new Rng(seed);
    covered = new boolean[sizes.length][sizes.length][];
    for (int i = 0; i < sizes.length; i++) {
      for (int j = 0; j < i; j++) {
        covered[i][j] = new boolean[sizes[i] * sizes[j]];
        pairs += covered[i][j].length;
      }
    }
    for (int i = 0; i < sizes.length; i++) {
      for (int j = 0; j < i; j++) {
        for (int pair = 0; pair < covered[i][j].length; pair++) {
          if (!covered[i][j][pair]) {
            add(find(i, pair / sizes[j], j, pair % sizes[j]));
          }
        }
      }
    }
  }

  List<int[]> rows() {
    return rows;
  }

  /** How many pairs there are, with those that no allowed row has. */
  int pairs() {
    return pairs;
  }

  /** How many pairs no allowed row was found for. */
  int impossible() {
    return impossible;
  }

  private void add(int[] row) {
    if (row == null) {
      impossible++;
      return;
    }
    rows.add(row);
    for (int i = 0; i < row.length; i++) {
      for (int j = 0; j < i; j++) {
        covered[i][j][row[i] * sizes[j] + row[j]] = true;
      }
    }
  }

  private int[] find(int i, int ofI, int j, int ofJ) {
    int[] best = null;
    int most = 0;
    for (int attempt = 0; attempt < RANDOM && (best == null || attempt < GREEDY); attempt++) {
      int[] row = new int[sizes.length];
      Arrays.fill(row, -1);
      row[i] = ofI;
      row[j] = ofJ;
      complete(row, attempt < GREEDY);
      int gain = gain(row);
      if (gain > most && allowed.test(row)) {
        best = row;
        most = gain;
      }
    }
    return best;
  }

  /** Fills what is -1, in random order. */
  private void complete(int[] row, boolean greedily) {
    int offset = rng.nextInt(row.length);
    for (int k = 0; k < row.length; k++) {
      int setting = (k + offset) % row.length;
      if (row[setting] < 0) {
        row[setting] = rng.nextInt(sizes[setting]);
        if (greedily && rng.nextInt(4) > 0) {
          row[setting] = best(row, setting);
        }
      }
    }
  }

  /** The value with the most new pairs; the first of equals from a random one on. */
  private int best(int[] row, int setting) {
    int offset = row[setting];
    int best = offset;
    int most = -1;
    for (int k = 0; k < sizes[setting]; k++) {
      row[setting] = (k + offset) % sizes[setting];
      int gain = gain(row, setting);
      if (gain > most) {
        most = gain;
        best = row[setting];
      }
    }
    return best;
  }

  private int gain(int[] row) {
    int gain = 0;
    for (int setting = 0; setting < row.length; setting++) {
      gain += gain(row, setting);
    }
    return gain;
  }

  /** New pairs with one setting's value. */
  private int gain(int[] row, int setting) {
    int gain = 0;
    for (int other = 0; other < row.length; other++) {
      if (row[other] >= 0 && other != setting) {
        int i = Math.max(setting, other);
        int j = Math.min(setting, other);
        gain += covered[i][j][row[i] * sizes[j] + row[j]] ? 0 : 1;
      }
    }
    return gain;
  }
}
