package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Codes of several digits: code = sum_i c_i B_i, with digits c_i of 0 to L_i - 1 and B = (1, L_1,
 * L_1 L_2, ..), or (.., L_d L_(d-1), L_d, 1). Computed in double precision, which is exact below
 * 2^53.
 *
 * @param levels L, whose product is less than 2^31
 * @param firstFastest whether B_1 is 1
 */
record MixedRadix(List<Integer> levels, boolean firstFastest) {
  /** From 1,002 levels on, rounding in finite scalar quantization could return more of them. */
  private static final int MAX_LEVEL = 1000;

  /**
   * Checks the levels of settings.
   *
   * @throws IllegalArgumentException if there are none, one is not from 2 to 1000, or the product
   *     is not less than 2^31
   */
  static void check(String component, List<Integer> levels) {
    Require.that(!levels.isEmpty(), component, "at least one level", levels);
    long product = 1;
    for (int i = 0; i < levels.size(); i++) {
      int level = levels.get(i);
      String name = component + "[" + i + "]";
      Require.that(level >= 2 && level <= MAX_LEVEL, name, "a level from 2 to " + MAX_LEVEL, level);
      product *= level;
      Require.that(
          product <= Integer.MAX_VALUE,
          component,
          "a product of less than 2^31",
          levels,
          "use fewer or smaller levels");
    }
  }

  /** Returns the number of codes. */
  int size() {
    return levels.stream().reduce(1, Math::multiplyExact);
  }

  private double basis(int i) {
    List<Integer> faster =
        firstFastest ? levels.subList(0, i) : levels.subList(i + 1, levels.size());
    return faster.stream().reduce(1, Math::multiplyExact);
  }

  /** Returns the codes [..], INT, of digits [.., d]. */
  Tensor codes(Tensor digits) {
    Tensor wide = digits.to(DType.DOUBLE);
    return wide.mul(bases(wide))
        .sum(-1)
        .to(DType.INT)
        .reshape(Arrays.copyOf(digits.shape(), digits.rank() - 1));
  }

  /** Returns the digits [.., d], DOUBLE, of codes [..]. */
  Tensor digits(Tensor codes) {
    long[] shape = Arrays.copyOf(codes.shape(), codes.rank() + 1);
    shape[codes.rank()] = 1;
    Tensor wide = codes.to(DType.DOUBLE).reshape(shape);
    double[] sizes = levels.stream().mapToDouble(level -> level).toArray();
    Tensor l = codes.step().tensor(sizes, sizes.length).to(DType.DOUBLE);
    Tensor shifted = wide.div(bases(wide)).floor();
    return shifted.sub(shifted.div(l).floor().mul(l));
  }

  private Tensor bases(Tensor like) {
    double[] bases = IntStream.range(0, levels.size()).mapToDouble(this::basis).toArray();
    return like.step().tensor(bases, bases.length).to(DType.DOUBLE);
  }
}
