package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** What {@link Codes} refuse, in words that name the place. */
final class CodeChecks {
  /** What every JVM's arrays hold. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  private CodeChecks() {}

  /** The shape of a tensor's places; refuses a tensor that cannot be of codes. */
  static int[] places(Tensor codes, Codebooks codebooks) {
    int books = codebooks.count();
    int axes = books == 1 ? codes.rank() : codes.rank() - 1;
    if (codes.dtype() != DType.INT || axes < 1 || books > 1 && codes.size(-1) != books) {
      throw new IllegalArgumentException(
          "Codes: expected a tensor in INT of shape "
              + (books == 1 ? "[batch, ..]" : "[batch, .., " + books + "]")
              + " for "
              + codebooks
              + ", got "
              + codes.dtype()
              + " "
              + Arrays.toString(codes.shape())
              + ". Take codes as encode gives them, or Codes.in(step).");
    }
    int[] shape = new int[Math.max(2, axes)];
    Arrays.fill(shape, 1);
    for (int axis = 0; axis < axes; axis++) {
      shape[axis] = Math.toIntExact(codes.size(axis));
    }
    return shape;
  }

  /** Refuses a shape that does not hold the values, and values that are no codes. */
  static void values(int[] values, Codebooks codebooks, int... shape) {
    int books = codebooks.count();
    long size = books;
    for (int d : shape) {
      // No further than there are values, so that no product overflows.
      size = d < 1 || size > values.length ? 0 : size * d;
    }
    if (shape.length < 2 || size != values.length || size == 0) {
      throw new IllegalArgumentException(
          "Codes: expected a shape such as [batch, height, width] of as many places as there are"
              + " values"
              + (books == 1 ? "" : " divided by the " + books + " codebooks")
              + ", got shape "
              + Arrays.toString(shape)
              + " and "
              + values.length
              + " values.");
    }
    int[] sizes = codebooks.sizes().stream().mapToInt(Integer::intValue).toArray();
    for (int i = 0, book = 0; i < values.length; i++) {
      if (values[i] < Codes.MISSING || values[i] >= sizes[book]) {
        throw new IllegalArgumentException(
            "Codes: expected codes from 0 to "
                + (sizes[book] - 1)
                + " (the codebook has "
                + sizes[book]
                + "), or -1 for none, got "
                + values[i]
                + " at "
                + name(i, codebooks, shape)
                + ". Were they made with another model?");
      }
      book = book + 1 == books ? 0 : book + 1;
    }
  }

  /** Refuses codes of which one is missing. */
  static void complete(String who, Codes codes, int... values) {
    long missing = missing(values);
    if (missing > 0) {
      int first = 0;
      while (values[first] != Codes.MISSING) {
        first++;
      }
      throw new IllegalArgumentException(
          who
              + ": expected a code of each codebook at each place, got none (-1) at "
              + name(first, codes.codebooks(), codes.shape())
              + (missing == 1 ? "" : " and at " + (missing - 1) + " more")
              + " of "
              + codes
              + ". Fill in what is masked or was dropped, or encode the images again without a"
              + " mask.");
    }
  }

  /** How many values are no code. */
  static long missing(int... values) {
    return Arrays.stream(values).filter(value -> value == Codes.MISSING).count();
  }

  /** Refuses labels that are not one for each image. */
  static void labels(int count, int... labels) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < Codes.MISSING) {
        throw new IllegalArgumentException(
            "Codes.withLabels: expected labels of 0 or more, or -1 for none, got "
                + labels[i]
                + " for image "
                + i
                + ".");
      }
    }
    if (labels.length != count) {
      throw new IllegalArgumentException(
          "Codes.withLabels: expected "
              + count
              + " labels, one for each image, got "
              + labels.length
              + ".");
    }
  }

  /** Refuses parts that cannot be put together. */
  static void alike(Codes... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("Codes.concat: expected one or more parts, got none.");
    }
    Codes first = parts[0];
    long count = 0;
    for (Codes part : parts) {
      count += part.count();
      int[] like = part.shape();
      like[0] = first.count();
      if (!Arrays.equals(like, first.shape()) || !part.codebooks().equals(first.codebooks())) {
        throw new IllegalArgumentException(
            "Codes.concat: expected codes of the same codebooks and of one shape but for the first"
                + " axis, got "
                + first
                + " and "
                + part
                + ".");
      }
    }
    if (count > MOST / first.perImage()) {
      throw new IllegalArgumentException(
          "Codes.concat: expected at most "
              + MOST
              + " values in all, which an array holds, got "
              + count
              + " times "
              + first.perImage()
              + ". Put fewer together.");
    }
  }

  /** The place of a value: {@code [0, 5, 6], stage 2}. */
  static String name(int index, Codebooks codebooks, int... shape) {
    int[] place = new int[shape.length];
    int rest = index / codebooks.count();
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return Arrays.toString(place) + codebooks.name(index % codebooks.count());
  }
}
