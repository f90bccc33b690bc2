package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Blas.Matrix;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions for one set of shapes as matrix products (im2col and GEMM): image patches [result
 * pixels, kernel height * kernel width * in] times weights [kernel height * kernel width * in,
 * out]. The gradients are products with one factor transposed; a transposed convolution is the
 * input gradient of a convolution. With groups, there is one product per group and kernel pixel, on
 * column slices of these matrices.
 */
final class GemmConvolution {
  /** The maximum number of elements in the partial sums of a weight gradient: 64 MB of floats. */
  private static final long MAX_PARTIAL_SUMS = 1L << 24;

  /**
   * Computes one product, given the first column of the patches, the first row of the weights
   * multiplied with them, and the first column of the weights and results.
   */
  @FunctionalInterface
  private interface Product {
    void run(int patchColumn, int weightRow, int resultColumn);
  }

  /** Processes a block of rows of the results. */
  @FunctionalInterface
  private interface RowBlock {
    void run(int row, int rows);
  }

  private final Blas blas;
  private final DType dtype;
  private final Im2Col im2col;
  private final int images;
  private final int resultHeight;
  private final int resultWidth;
  private final int out;
  private final int in;
  private final int groups;

  /**
   * Creates a convolution from images to results. Only the shapes of the arrays are used; the
   * images and results may also be gradients.
   *
   * @param image the images [batch, height, width, in]
   * @param weight the weights [kernel height, kernel width, in / groups, out]
   * @param result the results [batch, height, width, out]
   */
  GemmConvolution(INDArray image, INDArray weight, INDArray result, ConvOptions options) {
    blas = Blas.of(image);
    dtype = image.dataType() == DataType.FLOAT ? DType.FLOAT : DType.DOUBLE;
    im2col = new Im2Col(dtype, image.shape(), weight.shape(), result.shape(), options);
    images = Math.toIntExact(result.size(0));
    resultHeight = Math.toIntExact(result.size(1));
    resultWidth = Math.toIntExact(result.size(2));
    out = Math.toIntExact(result.size(3));
    in = Math.toIntExact(image.size(3));
    groups = options.groups();
  }

  /** Computes y = x * w + bias + residual; bias and residual may be null. */
  void forward(INDArray x, INDArray w, INDArray bias, INDArray residual, INDArray y) {
    boolean accumulate = initialize(bias, residual, y);
    int rows = Math.multiplyExact(images, resultHeight);
    ParallelChunks.run(
        chunks(rows),
        rows,
        (chunk, from, to) ->
            forEachBlock(from, to, (row, count) -> forward(x, w, accumulate, y, row, count)));
  }

  private void forward(INDArray x, INDArray w, boolean accumulate, INDArray y, int row, int count) {
    Pointer patches = im2col.extract(pointer(x), row, count);
    Pointer results = at(y, row);
    forEachProduct(
        (patchColumn, weightRow, resultColumn) ->
            blas.gemm(
                Matrix.of(patches.getPointer(patchColumn), im2col.patchSize()),
                Matrix.of(weight(w, weightRow, resultColumn), out),
                accumulate || weightRow > 0,
                count * resultWidth,
                out / groups,
                innerSize(),
                Matrix.of(results.getPointer(resultColumn), out)));
  }

  /**
   * Computes x = transposed convolution of y + bias + residual; bias and residual may be null.
   * Without them, this is the input gradient of the convolution.
   */
  void transposed(INDArray y, INDArray w, INDArray bias, INDArray residual, INDArray x) {
    if (!initialize(bias, residual, x)) {
      Pointer.memset(pointer(x), 0, x.length() * x.dataType().width());
    }
    // Parallel over images, since the patches of adjacent rows overlap.
    ParallelChunks.run(
        chunks(images),
        images,
        (chunk, from, to) ->
            forEachBlock(
                from * resultHeight,
                to * resultHeight,
                (row, count) -> addTransposed(y, w, x, row, count)));
  }

  private void addTransposed(INDArray y, INDArray w, INDArray x, int row, int count) {
    boolean direct = im2col.isIdentity();
    Pointer patches = direct ? im2col.extract(pointer(x), row, count) : im2col.scratch(count);
    Pointer results = at(y, row);
    forEachProduct(
        (patchColumn, weightRow, resultColumn) ->
            blas.gemm(
                Matrix.of(results.getPointer(resultColumn), out),
                Matrix.transposedOf(weight(w, weightRow, resultColumn), out),
                direct,
                count * resultWidth,
                innerSize(),
                out / groups,
                Matrix.of(patches.getPointer(patchColumn), im2col.patchSize())));
    if (!direct) {
      im2col.addTo(pointer(x), row, count, patches, blas);
    }
  }

  /**
   * Sets y = bias + residual, either of which may be null. If both are, returns false and does
   * nothing.
   */
  private boolean initialize(INDArray bias, INDArray residual, INDArray y) {
    Pointer target = pointer(y);
    long size = y.dataType().width();
    if (bias != null) {
      // Copies the bias once, then doubles the initialized range until it is full.
      Pointer.memcpy(target, pointer(bias), bias.length() * size);
      for (long filled = bias.length(); filled < y.length(); filled *= 2) {
        long count = Math.min(filled, y.length() - filled);
        Pointer.memcpy(target.getPointer(filled), target, count * size);
      }
      if (residual != null) {
        blas.add(Math.toIntExact(y.length()), pointer(residual), target);
      }
    } else if (residual != null) {
      Pointer.memcpy(target, pointer(residual), y.length() * size);
    }
    return bias != null || residual != null;
  }

  /** Computes dw = transposed patches times dy. */
  void weightGradient(INDArray x, INDArray dy, INDArray dw) {
    int rows = Math.multiplyExact(images, resultHeight);
    int size = Math.toIntExact(dw.length());
    int chunks = Math.min(chunks(rows), (int) Math.max(1, MAX_PARTIAL_SUMS / size));
    // The patches use FIRST, also on this thread.
    Pointer partialSums = ScratchBuffer.SECOND.get(dtype, (long) (chunks - 1) * size);
    ParallelChunks.run(
        chunks,
        rows,
        (chunk, from, to) -> {
          Pointer sum =
              chunk == 0 ? pointer(dw) : partialSums.getPointer((long) (chunk - 1) * size);
          forEachBlock(
              from, to, (row, count) -> weightGradient(x, dy, sum, row > from, row, count));
        });
    for (int chunk = 1; chunk < chunks; chunk++) {
      blas.add(size, partialSums.getPointer((long) (chunk - 1) * size), pointer(dw));
    }
  }

  private void weightGradient(
      INDArray x, INDArray dy, Pointer sum, boolean accumulate, int row, int count) {
    Pointer patches = im2col.extract(pointer(x), row, count);
    Pointer results = at(dy, row);
    forEachProduct(
        (patchColumn, weightRow, resultColumn) ->
            blas.gemm(
                Matrix.transposedOf(patches.getPointer(patchColumn), im2col.patchSize()),
                Matrix.of(results.getPointer(resultColumn), out),
                accumulate,
                innerSize(),
                out / groups,
                count * resultWidth,
                Matrix.of(sum.getPointer((long) weightRow * out + resultColumn), out)));
  }

  /** Runs one product if there is one group, otherwise one for each kernel pixel and group. */
  private void forEachProduct(Product product) {
    int pixels = groups == 1 ? 1 : im2col.patchSize() / in;
    for (int pixel = 0; pixel < pixels; pixel++) {
      for (int group = 0; group < groups; group++) {
        product.run(pixel * in + group * innerSize(), pixel * innerSize(), group * (out / groups));
      }
    }
  }

  /** Returns the inner dimension of each product. */
  private int innerSize() {
    return groups == 1 ? im2col.patchSize() : in / groups;
  }

  private Pointer weight(INDArray w, int row, int column) {
    return pointer(w).getPointer((long) row * out + column);
  }

  private int chunks(int items) {
    long multiplications =
        (long) images * resultHeight * resultWidth * im2col.patchSize() * out / groups;
    return ParallelChunks.count(items, multiplications);
  }

  private void forEachBlock(int from, int to, RowBlock block) {
    int row = from;
    while (row < to) {
      int rows = Math.min(im2col.rowsPerBlock(), to - row);
      block.run(row, rows);
      row += rows;
    }
  }

  private Pointer at(INDArray result, int row) {
    return pointer(result).getPointer((long) row * resultWidth * out);
  }

  private static Pointer pointer(INDArray array) {
    return array.data().pointer();
  }
}
