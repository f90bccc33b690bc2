package io.github.vqvae4j.prior;

import io.github.vqvae4j.quantize.Codes;
import java.util.Arrays;

/**
 * The condition of a number of maps, checked against the settings of a prior.
 *
 * @param labels the class of each map, or the additional class for none; null if the prior has no
 *     classes
 * @param map the other code map of each map; null if the prior has none
 */
record PriorInputs(int[] labels, Codes map) {
  /**
   * Checks a condition.
   *
   * @param count the number of maps
   * @throws IllegalArgumentException if it is not a condition of this prior and of so many maps
   */
  static PriorInputs of(String caller, PixelCnnConfig config, Condition condition, int count) {
    int[] labels = labels(caller, config, condition.labels().orElse(null), count);
    return new PriorInputs(labels, map(caller, config, condition.codes().orElse(null), count));
  }

  private static int[] labels(String caller, PixelCnnConfig config, int[] labels, int count) {
    int classes = config.classes();
    if (labels == null) {
      if (classes > 0 && !config.hasNoClass()) {
        throw new IllegalArgumentException(
            caller
                + ": expected the class of each map, for a prior with "
                + classes
                + " classes, got none. Use Condition.label or labelsOf, in training codes with labels; or"
                + " train the prior with classDropout(0.1) for maps of any class.");
      }
      return classes == 0 ? null : filled(count, classes);
    }
    if (classes == 0) {
      throw new IllegalArgumentException(
          caller
              + ": expected no labels, for a prior without classes, got "
              + labels.length
              + ". Build the prior with classes(n).");
    }
    if (labels.length != count && labels.length != 1) {
      throw new IllegalArgumentException(
          caller
              + ": expected one label, or one for each of "
              + count
              + " maps, got "
              + labels.length
              + ".");
    }
    int[] all = labels.length == count ? labels.clone() : filled(count, labels[0]);
    for (int i = 0; i < count; i++) {
      if (all[i] == Codes.MISSING && config.hasNoClass()) {
        all[i] = classes;
      } else if (all[i] < 0 || all[i] >= classes) {
        throw new IllegalArgumentException(
            caller
                + ": expected classes from 0 to "
                + (classes - 1)
                + ", got "
                + all[i]
                + " for map "
                + i
                + ".");
      }
    }
    return all;
  }

  private static int[] filled(int count, int value) {
    int[] labels = new int[count];
    Arrays.fill(labels, value);
    return labels;
  }

  private static Codes map(String caller, PixelCnnConfig config, Codes map, int count) {
    int size = config.conditionCodebookSize();
    if (size == 0 && map == null) {
      return null;
    }
    if (size == 0) {
      throw new IllegalArgumentException(
          caller
              + ": expected no other code map, for a prior that is not conditioned on one, got "
              + map
              + ". Build the prior with conditionCodebookSize(k).");
    }
    if (map == null) {
      throw new IllegalArgumentException(
          caller
              + ": expected another code map of a codebook of "
              + size
              + " for each map, got none. Use Condition.codes, or train prior.ofPairs() on CodePairs.");
    }
    if (map.count() != count
        || map.shape().length != 3
        || map.codebooks().count() != 1
        || map.codebookSize() != size) {
      throw new IllegalArgumentException(
          caller
              + ": expected the condition to be codes ["
              + count
              + ", height, width] of a codebook of "
              + size
              + ", got "
              + map
              + ".");
    }
    map.requireComplete(caller);
    return map;
  }

  /**
   * Returns the factor between the sizes of the modeled maps and of the other ones.
   *
   * @throws IllegalArgumentException if it is no integer, or another one than that of the prior
   */
  int factor(String caller, PixelCnnConfig config, long height, long width) {
    int[] shape = map.shape();
    int known = config.conditionFactor();
    long factor = known == 0 ? height / shape[1] : known;
    if (factor < 1 || factor * shape[1] != height || factor * shape[2] != width) {
      throw new IllegalArgumentException(
          caller
              + ": expected the size of the condition to be that of the maps, "
              + height
              + "x"
              + width
              + ", divided by "
              + (known == 0 ? "an integer" : known + ", the factor of the prior")
              + ", got "
              + shape[1]
              + "x"
              + shape[2]
              + ". In CodePairs, the modeled maps come first and their condition second.");
    }
    return (int) factor;
  }

  /** Returns the condition of a range of maps. */
  PriorInputs range(int from, int to) {
    return new PriorInputs(
        labels == null ? null : Arrays.copyOfRange(labels, from, to),
        map == null ? null : map.range(from, to));
  }

  /** Returns the condition with other classes. */
  PriorInputs withLabels(int... newLabels) {
    return new PriorInputs(newLabels, map);
  }

  /** Returns the condition twice, the second time without classes, for guidance. */
  PriorInputs withoutClasses(int none) {
    int[] twice = Arrays.copyOf(labels, 2 * labels.length);
    Arrays.fill(twice, labels.length, twice.length, none);
    return new PriorInputs(twice, map == null ? null : Codes.concat(map, map));
  }
}
