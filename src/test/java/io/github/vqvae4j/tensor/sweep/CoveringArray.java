package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A covering array of strength 2: rows that contain every possible pair of values of any two
 * settings. Rows are chosen greedily: among random rows with an uncovered pair, the one that covers
 * the most new pairs.
 */
final class CoveringArray {
  private static final int GREEDY_ATTEMPTS = 40;
  private static final int MAX_ATTEMPTS = 20_000;

  private final int[] sizes;
  private final Predicate<int[]> allowed;
  private final Rng rng;
  private final boolean[][][] covered;
  private final List<int[]> rows = new ArrayList<>();
  private int pairs;
  private int impossible;

  /**
   * Creates the array.
   *
   * @param seed the random seed
   * @param allowed whether a row, which has the index of a value for each setting, is allowed
   * @param sizes the number of values of each setting
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

  /** Returns the total number of pairs, including impossible ones. */
  int pairs() {
    return pairs;
  }

  /** Returns the number of pairs for which no allowed row was found. */
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

  private int[] find(int i, int valueOfI, int j, int valueOfJ) {
    int[] best = null;
    int maxGain = 0;
    for (int attempt = 0;
        attempt < MAX_ATTEMPTS && (best == null || attempt < GREEDY_ATTEMPTS);
        attempt++) {
      int[] row = new int[sizes.length];
      Arrays.fill(row, -1);
      row[i] = valueOfI;
      row[j] = valueOfJ;
      complete(row, attempt < GREEDY_ATTEMPTS);
      int gain = gain(row);
      if (gain > maxGain && allowed.test(row)) {
        best = row;
        maxGain = gain;
      }
    }
    return best;
  }

  /** Fills the entries that are -1, starting at a random setting. */
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

  /** Returns the value that covers the most new pairs, with ties broken by a random start. */
  private int best(int[] row, int setting) {
    int offset = row[setting];
    int best = offset;
    int maxGain = -1;
    for (int k = 0; k < sizes[setting]; k++) {
      row[setting] = (k + offset) % sizes[setting];
      int gain = gain(row, setting);
      if (gain > maxGain) {
        maxGain = gain;
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

  /** Returns the number of new pairs that include a setting's value. */
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
