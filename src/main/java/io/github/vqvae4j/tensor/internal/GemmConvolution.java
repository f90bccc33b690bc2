package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Blas.Matrix;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions for one set of shapes as products of matrices: patches of the images [pixels of the
 * result, kernel height * kernel width * in] times weights [kernel height * kernel width * in,
 * out]. Their gradients are products too, with one side transposed; a transposed convolution is the
 * gradient of its images. With groups there is a product for each group and pixel of the kernel,
 * whose matrices are some columns of these.
 */
final class GemmConvolution {
  /** Numbers that partial sums of a weight gradient may take: 64 MB of floats. */
  private static final long MOST_PARTIAL_SUMS = 1L << 24;

  /**
   * Columns of the patches, the rows of the weights that these are multiplied with, and the columns
   * of the results, each from its first on.
   */
  @FunctionalInterface
  private interface Factor {
    void run(int ofPatch, int ofWeight, int ofResult);
  }

  /** What is done with a block of lines of the results. */
  @FunctionalInterface
  private interface Block {
    void run(int line, int lines);
  }

  private final Blas blas;
  private final DType dtype;
  private final Patches patches;
  private final int images;
  private final int resultHeight;
  private final int resultWidth;
  private final int out;
  private final int in;
  private final int groups;

  /**
   * The convolution from images to results; both may be of a training pass's other direction.
   *
   * @param image [batch, height, width, in]
   * @param weight [kernel height, kernel width, in / groups, out]
   * @param result [batch, height, width, out]
   */
  GemmConvolution(INDArray image, INDArray weight, INDArray result, ConvOptions window) {
    blas = Blas.of(image);
    dtype = image.dataType() == DataType.FLOAT ? DType.FLOAT : DType.DOUBLE;
    patches = new Patches(dtype, image.shape(), weight.shape(), result.shape(), window);
    images = Math.toIntExact(result.size(0));
    resultHeight = Math.toIntExact(result.size(1));
    resultWidth = Math.toIntExact(result.size(2));
    out = Math.toIntExact(result.size(3));
    in = Math.toIntExact(image.size(3));
    groups = window.groups();
  }

  /** y = x * w + bias + residual; either may be null. */
  void forward(INDArray x, INDArray w, INDArray bias, INDArray residual, INDArray y) {
    boolean add = begin(bias, residual, y);
    int lines = Math.multiplyExact(images, resultHeight);
    Parts.run(
        parts(lines),
        lines,
        (part, from, to) ->
            forEachBlock(from, to, (line, count) -> forward(x, w, add, y, line, count)));
  }

  private void forward(INDArray x, INDArray w, boolean add, INDArray y, int line, int count) {
    Pointer rows = patches.of(pointer(x), line, count);
    Pointer results = at(y, line);
    forEachFactor(
        (ofPatch, ofWeight, ofResult) ->
            blas.product(
                Matrix.of(rows.getPointer(ofPatch), patches.size()),
                Matrix.of(weight(w, ofWeight, ofResult), out),
                add || ofWeight > 0,
                count * resultWidth,
                out / groups,
                depth(),
                Matrix.of(results.getPointer(ofResult), out)));
  }

  /**
   * x = the transposed convolution of y + bias + residual, of which either may be null; without
   * them the gradient of the images, whose patches are y's times the transposed weights.
   */
  void transposed(INDArray y, INDArray w, INDArray bias, INDArray residual, INDArray x) {
    if (!begin(bias, residual, x)) {
      Pointer.memset(pointer(x), 0, x.length() * x.dataType().width());
    }
    // By images, since the patches of neighbouring lines overlap.
    Parts.run(
        parts(images),
        images,
        (part, from, to) ->
            forEachBlock(
                from * resultHeight,
                to * resultHeight,
                (line, count) -> addTransposed(y, w, x, line, count)));
  }

  private void addTransposed(INDArray y, INDArray w, INDArray x, int line, int count) {
    boolean direct = patches.areTheImage();
    Pointer rows = direct ? patches.of(pointer(x), line, count) : patches.scratch(count);
    Pointer results = at(y, line);
    forEachFactor(
        (ofPatch, ofWeight, ofResult) ->
            blas.product(
                Matrix.of(results.getPointer(ofResult), out),
                Matrix.transposedOf(weight(w, ofWeight, ofResult), out),
                direct,
                count * resultWidth,
                depth(),
                out / groups,
                Matrix.of(rows.getPointer(ofPatch), patches.size())));
    if (!direct) {
      patches.addTo(pointer(x), line, count, rows, blas);
    }
  }

  /** y = bias + residual, of which either may be null; false, and nothing is done, if both are. */
  private boolean begin(INDArray bias, INDArray residual, INDArray y) {
    Pointer target = pointer(y);
    long size = y.dataType().width();
    if (bias != null) {
      // The bias once, then what is there twice, four times, ..
      Pointer.memcpy(target, pointer(bias), bias.length() * size);
      for (long done = bias.length(); done < y.length(); done *= 2) {
        long more = Math.min(done, y.length() - done);
        Pointer.memcpy(target.getPointer(done), target, more * size);
      }
      if (residual != null) {
        blas.add(Math.toIntExact(y.length()), pointer(residual), target);
      }
    } else if (residual != null) {
      Pointer.memcpy(target, pointer(residual), y.length() * size);
    }
    return bias != null || residual != null;
  }

  /** dw = the transposed patches times dy. */
  void weightGradient(INDArray x, INDArray dy, INDArray dw) {
    int lines = Math.multiplyExact(images, resultHeight);
    int size = Math.toIntExact(dw.length());
    int parts = Math.min(parts(lines), (int) Math.max(1, MOST_PARTIAL_SUMS / size));
    // The parts take the first block, one of them in this thread.
    Pointer sums = Scratch.SECOND.of(dtype, (long) (parts - 1) * size);
    Parts.run(
        parts,
        lines,
        (part, from, to) -> {
          Pointer sum = part == 0 ? pointer(dw) : sums.getPointer((long) (part - 1) * size);
          forEachBlock(
              from, to, (line, count) -> weightGradient(x, dy, sum, line > from, line, count));
        });
    for (int part = 1; part < parts; part++) {
      blas.add(size, sums.getPointer((long) (part - 1) * size), pointer(dw));
    }
  }

  private void weightGradient(
      INDArray x, INDArray dy, Pointer sum, boolean add, int line, int count) {
    Pointer rows = patches.of(pointer(x), line, count);
    Pointer results = at(dy, line);
    forEachFactor(
        (ofPatch, ofWeight, ofResult) ->
            blas.product(
                Matrix.transposedOf(rows.getPointer(ofPatch), patches.size()),
                Matrix.of(results.getPointer(ofResult), out),
                add,
                depth(),
                out / groups,
                count * resultWidth,
                Matrix.of(sum.getPointer((long) ofWeight * out + ofResult), out)));
  }

  /** In one group all at once; else the kernel's pixels one by one, and each group of each. */
  private void forEachFactor(Factor factor) {
    int pixels = groups == 1 ? 1 : patches.size() / in;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int group = 0; group < groups; group++) {
        factor.run(pixel * in + group * depth(), pixel * depth(), group * (out / groups));
      }
    }
  }

  /** How many columns of the patches each product sums over. */
  private int depth() {
    return groups == 1 ? patches.size() : in / groups;
  }

  private Pointer weight(INDArray w, int row, int column) {
    return pointer(w).getPointer((long) row * out + column);
  }

  private int parts(int items) {
    long multiplications =
        (long) images * resultHeight * resultWidth * patches.size() * out / groups;
    return Parts.of(items, multiplications);
  }

  private void forEachBlock(int from, int to, Block block) {
    int line = from;
    while (line < to) {
      int lines = Math.min(patches.linesPerBlock(), to - line);
      block.run(line, lines);
      line += lines;
    }
  }

  private Pointer at(INDArray result, int line) {
    return pointer(result).getPointer((long) line * resultWidth * out);
  }

  private static Pointer pointer(INDArray array) {
    return array.data().pointer();
  }
}
