package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Locale;

/** Validation of the arguments of {@link Codes}; error messages include the position. */
final class CodesValidation {
  /** The maximum array length that every JVM supports. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  private CodesValidation() {}

  /** Returns the shape of the positions; throws if the tensor cannot contain codes. */
  static int[] positionShape(Tensor codes, Codebooks codebooks) {
    int books = codebooks.count();
    int axes = books == 1 ? codes.rank() : codes.rank() - 1;
    if (codes.dtype() != DType.INT || axes < 1 || books > 1 && codes.size(-1) != books) {
      throw new IllegalArgumentException(
          "Codes: expected an INT tensor of shape "
              + (books == 1 ? "[batch, ..]" : "[batch, .., " + books + "]")
              + " for "
              + codebooks
              + ", got "
              + codes.dtype()
              + " "
              + Arrays.toString(codes.shape())
              + ". Use codes returned by encode or Codes.in(step).");
    }
    int[] shape = new int[Math.max(2, axes)];
    Arrays.fill(shape, 1);
    for (int axis = 0; axis < axes; axis++) {
      shape[axis] = Math.toIntExact(codes.size(axis));
    }
    return shape;
  }

  /** Throws if the shape does not match the number of values, or if a value is not a code. */
  static void checkValues(int[] values, Codebooks codebooks, int... shape) {
    int books = codebooks.count();
    long size = books;
    for (int d : shape) {
      // Stop at the number of values, so that the product does not overflow.
      size = d < 1 || size > values.length ? 0 : size * d;
    }
    if (shape.length < 2 || size != values.length || size == 0) {
      throw new IllegalArgumentException(
          "Codes: expected a shape of at least two axes, such as [batch, height, width], with one"
              + " position for "
              + (books == 1 ? "each value" : books + " values, one of each codebook")
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
                + "), or -1 for a missing code, got "
                + values[i]
                + " at "
                + positionName(i, codebooks, shape)
                + ". Check that they were encoded with the same model.");
      }
      book = book + 1 == books ? 0 : book + 1;
    }
  }

  /** Throws if a code is missing. */
  static void checkComplete(String caller, Codes codes, int... values) {
    long missing = countMissing(values);
    if (missing > 0) {
      int first = 0;
      while (values[first] != Codes.MISSING) {
        first++;
      }
      throw new IllegalArgumentException(
          caller
              + ": expected a code of each codebook at each position, got a missing code (-1) at "
              + positionName(first, codes.codebooks(), codes.shape())
              + (missing == 1 ? "" : " and at " + (missing - 1) + " more")
              + " of "
              + codes
              + ". Fill in the masked or dropped codes, for example with Prior.complete, or encode the"
              + " images again without a mask.");
    }
  }

  /** Returns the number of missing codes. */
  static long countMissing(int... values) {
    return Arrays.stream(values).filter(value -> value == Codes.MISSING).count();
  }

  /** Throws unless the codes are maps that contain the rectangle. */
  static void checkRectangle(Codes codes, int row, int column, int rows, int columns) {
    int[] shape = codes.shape();
    if (shape.length != 3
        || row < 0
        || column < 0
        || rows < 0
        || columns < 0
        || rows > shape[1] - row
        || columns > shape[2] - column) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Codes.withMissing: expected maps [count, height, width] that contain the rectangle,"
                  + " got %s and a rectangle of %d x %d at row %d, column %d.",
              codes,
              rows,
              columns,
              row,
              column));
    }
  }

  /** Throws unless there is one valid label for each image. */
  static void checkLabels(int count, int... labels) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < Codes.MISSING) {
        throw new IllegalArgumentException(
            "Codes.withLabels: expected labels of 0 or more, or -1 for a missing label, got "
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

  /** Throws if the codes cannot be concatenated. */
  static void checkConcatenable(Codes... parts) {
    if (parts.length == 0) {
      throw new IllegalArgumentException("Codes.concat: expected one or more arguments, got none.");
    }
    Codes first = parts[0];
    long count = 0;
    for (Codes part : parts) {
      count += part.count();
      int[] shape = part.shape();
      shape[0] = first.count();
      if (!Arrays.equals(shape, first.shape()) || !part.codebooks().equals(first.codebooks())) {
        throw new IllegalArgumentException(
            "Codes.concat: expected codes of the same codebooks and of the same shape except for"
                + " the first axis, got "
                + first
                + " and "
                + part
                + ".");
      }
    }
    checkSameModel(first, parts);
    checkSameImageSize(first, parts);
    checkLength("Codes.concat", count, first.codesPerImage());
  }

  /** Throws if there are more codes than fit into an array. */
  static void checkLength(String caller, long count, long codesPerImage) {
    if (count > MAX_ARRAY_LENGTH / codesPerImage) {
      throw new IllegalArgumentException(
          caller
              + ": expected at most "
              + MAX_ARRAY_LENGTH
              + " values in total, the maximum length of an array, got "
              + count
              + " times "
              + codesPerImage
              + ". Pass the codes of fewer images.");
    }
  }

  private static void checkSameModel(Codes first, Codes... parts) {
    for (Codes part : parts) {
      if (!part.modelHash().equals(first.modelHash())) {
        throw new IllegalArgumentException(
            "Codes.concat: expected codes of one model, got codes of the models "
                + hashName(first)
                + " and "
                + hashName(part)
                + ". Encode all images with the same model.");
      }
    }
  }

  private static void checkSameImageSize(Codes first, Codes... parts) {
    for (Codes part : parts) {
      if (!Arrays.equals(part.imageSize().orElse(null), first.imageSize().orElse(null))) {
        throw new IllegalArgumentException(
            "Codes.concat: expected codes of images of one size, got "
                + first
                + " and "
                + part
                + ". Concatenate only the codes of images of equal size.");
      }
    }
  }

  /** Throws unless the codes are maps and the sides of the images are positive. */
  static void checkImageSize(Codes codes, int height, int width) {
    if (codes.shape().length != 3 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Codes.withImageSize: expected maps [count, height, width] and sides of at least 1 pixel,"
              + " got "
              + codes
              + " and "
              + height
              + "x"
              + width
              + ".");
    }
  }

  /** Returns the hash of the model of codes for messages. */
  static String hashName(Codes codes) {
    return codes.modelHash().orElse("unknown");
  }

  /** Throws unless it is a SHA-256 in hexadecimal digits. */
  static void checkHash(String hash) {
    if (!hash.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "Codes.withModelHash: expected 64 lowercase hexadecimal digits, got "
              + MessageText.excerpt(hash)
              + ". Use modelHash() of other codes.");
    }
  }

  /** Returns the position of a value as text: {@code [0, 5, 6], stage 2}. */
  static String positionName(int index, Codebooks codebooks, int... shape) {
    int[] position = new int[shape.length];
    int remainder = index / codebooks.count();
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      position[axis] = remainder % shape[axis];
      remainder /= shape[axis];
    }
    return Arrays.toString(position) + codebooks.name(index % codebooks.count());
  }
}
