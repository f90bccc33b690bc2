package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.List;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Winograd convolutions ({@link WinogradMatrices}) as matrix products in oneDNN, which no longer
 * includes its own implementation. Supported are 3x3 kernels with stride 1 (a quarter of the
 * multiplications) and 4x4 kernels with stride 2 (25 / 64), which are 2x2 convolutions of cells of
 * 2x2 pixels. With p ranging over the t t positions in a tile, and cells of C values:
 *
 * <pre>
 * data [t t, tiles, C]    = (Bt x Bt) tiles
 * filters [t t, C, O]     = (G x G) weights
 * products [p, tiles, O]  = data [p, tiles, C] filters [p, C, O]
 * results [4 4, tiles, O] = (At x At) products
 * </pre>
 *
 * <p>Gradients apply the same steps in reverse order with transposed matrices. Images are processed
 * in slices whose tiles fit into the cache.
 */
final class OneDnnWinograd implements OneDnn.NativeResource {
  private static final WinogradMatrices[] BY_STRIDE = {
    null, WinogradMatrices.of(3), WinogradMatrices.of(2)
  };

  /** The minimum number of channels; with fewer, copying tiles costs more than it saves. */
  private static final int MIN_CHANNELS = 64;

  /** The minimum number of tiles in a slice; with fewer, reading the filters is too expensive. */
  private static final int MIN_TILES = 32;

  /** The maximum number of tiles in a slice; more do not fit into the cache. */
  private static final int MAX_TILES = 64;

  private final OneDnn oneDnn;
  private final WinogradMatrices matrices;
  private final int slices;
  private final long positions;
  private final long filterLength;

  /** The parameters of the filters' layout; the stride follows from the kernel size. */
  private final long[] weightShape;

  private final long resultStride;
  private final WinogradTiles tiles;
  private final FloatPointer filterMatrix;
  private final FloatPointer resultMatrix;
  private final Call gatherWeights;
  private final Call scatterWeights;
  private final Call transformFilters;
  private final Call transformFiltersTransposed;
  private final Call multiply;
  private final Call multiplyTransposed;
  private final Call multiplyForFilters;
  private final Call addMultiplyForFilters;
  private final Call addBias;
  private final Call addPixelBias;
  private final Call addPixelBiasRelu;
  private final Call transformResults;
  private final Call transformResultsRelu;
  private final Call transformResultsTransposed;
  private final boolean usable;
  private final Call tilesToImages;
  private final Call imagesToTiles;

  /**
   * Creates the convolution for one set of shapes.
   *
   * @param x the shape of the images
   * @param w the shape of the weights, [kernel, kernel, in, out]
   * @param options options for which {@link #supports} returns true
   */
  OneDnnWinograd(OneDnn oneDnn, long[] x, long[] w, ConvOptions options) {
    this.oneDnn = oneDnn;
    int stride = options.height().stride();
    weightShape = w.clone();
    matrices = BY_STRIDE[stride];
    int images = imagesInSlice(x, stride);
    slices = (int) (x[0] / images);
    tiles = new WinogradTiles(oneDnn, matrices, options, images, x[1], x[2], w[2]);
    filterMatrix = new FloatPointer(matrices.filter());
    resultMatrix = new FloatPointer(matrices.results());
    long r = matrices.taps();
    long m = matrices.outputs();
    positions = matrices.points() * matrices.points();
    long down = x[1] / (stride * m);
    long across = x[2] / (stride * m);
    long count = images * down * across;
    long cell = stride * stride * w[2];
    long out = w[3];
    long dataStride = tiles.rowLength();
    long filterStride = WinogradTiles.rowLength(cell * out);
    resultStride = WinogradTiles.rowLength(count * out);
    filterLength = positions * filterStride;

    // From [tap, row in cell, tap, column in cell, in, out] to contiguous cells for each tap.
    long[] tapsAndCells = {r, r, stride, stride * w[2] * out};
    long taps = w[1] * w[2] * out;
    memory.desc weightLayout =
        OneDnn.strided(tapsAndCells, stride * taps, stride * w[2] * out, taps, 1);
    gatherWeights = oneDnn.reorder(weightLayout, OneDnn.dense(tapsAndCells), false);
    scatterWeights = oneDnn.reorder(OneDnn.dense(tapsAndCells), weightLayout, false);
    memory.desc byTap = OneDnn.dense(r * r, cell * out);
    memory.desc byPosition = OneDnn.strided(new long[] {positions, cell * out}, filterStride, 1);
    transformFilters = oneDnn.matmul(OneDnn.dense(positions, r * r), byTap, byPosition);
    transformFiltersTransposed =
        oneDnn.matmul(OneDnn.strided(new long[] {r * r, positions}, 1, r * r), byPosition, byTap);

    memory.desc data = OneDnn.strided(new long[] {positions, count, cell}, dataStride, cell, 1);
    memory.desc filters = OneDnn.strided(new long[] {positions, cell, out}, filterStride, out, 1);
    memory.desc products = OneDnn.strided(new long[] {positions, count, out}, resultStride, out, 1);
    multiply = oneDnn.matmul(data, filters, products);
    multiplyTransposed =
        oneDnn.matmul(
            products,
            OneDnn.strided(new long[] {positions, out, cell}, filterStride, 1, out),
            data);
    memory.desc transposedData =
        OneDnn.strided(new long[] {positions, cell, count}, dataStride, 1, cell);
    multiplyForFilters = oneDnn.matmul(transposedData, products, filters);
    post_ops sum = new post_ops();
    sum.append_sum(1, 0, memory.data_type.undef);
    addMultiplyForFilters = oneDnn.matmul(transposedData, products, filters, sum);

    post_ops relu = new post_ops();
    OneDnn.appendRelu(relu);
    addBias = biasAddition(count, out, new post_ops());
    addPixelBias = biasAddition(images * x[1] * x[2], w[2], new post_ops());
    addPixelBiasRelu = biasAddition(images * x[1] * x[2], w[2], relu);
    memory.desc columns = OneDnn.strided(new long[] {positions, count * out}, resultStride, 1);
    memory.desc results = OneDnn.strided(new long[] {m * m, count * out}, resultStride, 1);
    memory.desc resultMatrixLayout = OneDnn.dense(m * m, positions);
    transformResults = oneDnn.matmul(resultMatrixLayout, columns, results);
    transformResultsRelu = oneDnn.matmul(resultMatrixLayout, columns, results, relu);
    transformResultsTransposed =
        oneDnn.matmul(
            OneDnn.strided(new long[] {positions, m * m}, 1, positions), results, columns);

    long[] tiled = {m, m, images, down, across, out};
    long row = across * m * out;
    memory.desc imageLayout = OneDnn.strided(tiled, row, out, down * m * row, m * row, m * out, 1);
    long tileStride = down * across * out;
    memory.desc tileLayout =
        OneDnn.strided(tiled, m * resultStride, resultStride, tileStride, across * out, out, 1);
    tilesToImages = oneDnn.reorder(tileLayout, imageLayout, false);
    imagesToTiles = oneDnn.reorder(imageLayout, tileLayout, false);
    usable =
        tiles.isUsable()
            && !List.of(
                    transformFilters,
                    transformFiltersTransposed,
                    multiply,
                    multiplyTransposed,
                    multiplyForFilters,
                    addMultiplyForFilters,
                    transformResults,
                    transformResultsRelu,
                    transformResultsTransposed)
                .contains(Call.UNSUPPORTED);
  }

  private Call biasAddition(long rows, long columns, post_ops postOps) {
    memory.desc layout = OneDnn.dense(rows, columns);
    memory.desc biasLayout = OneDnn.dense(1, columns);
    primitive_attr attributes = OneDnn.attributes();
    attributes.set_post_ops(postOps);
    var description =
        new binary.primitive_desc(
            OneDnn.cpu(), dnnl.algorithm.binary_add, layout, biasLayout, layout, attributes, true);
    return oneDnn
        .call()
        .argument(DNNL_ARG_SRC_0, layout)
        .argument(DNNL_ARG_SRC_1, biasLayout)
        .argument(DNNL_ARG_DST, layout)
        .build(new binary(description), description);
  }

  /** Returns whether oneDNN has optimized implementations of all products. */
  boolean isUsable() {
    return usable;
  }

  /** Returns whether a convolution is supported and large enough to benefit. */
  static boolean supports(long[] x, long[] w, ConvOptions options) {
    int stride = options.height().stride();
    return stride <= 2
        && options.width().stride() == stride
        && options.isPlain()
        && keepsSize(options.height())
        && keepsSize(options.width())
        && w[0] == stride * BY_STRIDE[stride].taps()
        && w[1] == w[0]
        && w[2] >= MIN_CHANNELS
        && w[3] >= MIN_CHANNELS
        && x[1] % (stride * BY_STRIDE[stride].outputs()) == 0
        && x[2] % (stride * BY_STRIDE[stride].outputs()) == 0
        && imagesInSlice(x, stride) > 0;
  }

  /** Returns whether the total padding equals the size lost to the kernel, on either side. */
  private static boolean keepsSize(ConvOptions.Axis axis) {
    return axis.before() + axis.after() == WinogradTiles.PADDING;
  }

  /**
   * Returns the maximum number of images per slice that divides the batch size, or 0 if there are
   * too few tiles.
   */
  private static int imagesInSlice(long[] x, int stride) {
    int side = stride * BY_STRIDE[stride].outputs();
    long tilesPerImage = x[1] / side * (x[2] / side);
    for (long images = Math.min(x[0], MAX_TILES / tilesPerImage); images > 0; images--) {
      if (x[0] % images == 0) {
        return images * tilesPerImage >= MIN_TILES ? (int) images : 0;
      }
    }
    return 0;
  }

  /** Computes y = relu?(x * w + bias). */
  void forward(INDArray x, Weights w, INDArray bias, boolean relu, INDArray y) {
    Pointer filters = filters(w);
    Pointer a = ScratchBuffer.FIRST.floats(scratchLength());
    Pointer b = ScratchBuffer.SECOND.floats(scratchLength());
    for (int i = 0; i < slices; i++) {
      tiles.forward(slice(x, i), a, b);
      multiply.set(0, b).set(1, filters).set(2, a).run();
      if (bias != null) {
        Pointer biasRow = a.getPointer(FloatPointer.class, matrices.biasIndex() * resultStride);
        addBias.set(0, biasRow).set(1, bias).set(2, biasRow).run();
      }
      (relu ? transformResultsRelu : transformResults)
          .set(0, resultMatrix)
          .set(1, a)
          .set(2, b)
          .run();
      tilesToImages.set(0, b).set(1, slice(y, i)).run();
    }
  }

  /**
   * Computes x = relu?(transposed convolution of y + bias). Without a bias, this is the input
   * gradient.
   */
  void transposed(INDArray y, Weights w, INDArray bias, boolean relu, INDArray x) {
    Pointer filters = filters(w);
    Pointer a = ScratchBuffer.FIRST.floats(scratchLength());
    Pointer b = ScratchBuffer.SECOND.floats(scratchLength());
    Pointer sums = ScratchBuffer.THIRD.floats(tiles.paddedLength());
    for (int i = 0; i < slices; i++) {
      transformResultsTransposed(slice(y, i), a, b);
      multiplyTransposed.set(0, b).set(1, filters).set(2, a).run();
      Pointer target = slice(x, i);
      tiles.transposed(a, b, sums, target);
      if (bias != null) {
        (relu ? addPixelBiasRelu : addPixelBias).set(0, target).set(1, bias).set(2, target).run();
      }
    }
  }

  /** Computes the gradient of the weights. */
  void weightGradient(INDArray x, INDArray dy, INDArray dWeight) {
    Pointer a = ScratchBuffer.FIRST.floats(scratchLength());
    Pointer b = ScratchBuffer.SECOND.floats(scratchLength());
    Pointer c = ScratchBuffer.THIRD.floats(positions * resultStride);
    Pointer sum = ScratchBuffer.FOURTH.floats(filterLength);
    for (int i = 0; i < slices; i++) {
      tiles.forward(slice(x, i), a, b);
      transformResultsTransposed(slice(dy, i), a, c);
      (i == 0 ? multiplyForFilters : addMultiplyForFilters).set(0, b).set(1, c).set(2, sum).run();
    }
    transformFiltersTransposed.set(0, filterMatrix).set(1, sum).set(2, a).run();
    scatterWeights.set(0, a).set(1, dWeight).run();
  }

  private Pointer filters(Weights w) {
    return oneDnn
        .derive(
            w,
            "winograd",
            filterLength * Float.BYTES,
            target -> {
              Pointer taps = ScratchBuffer.FIRST.floats(scratchLength());
              gatherWeights.set(0, w.data()).set(1, taps).run();
              transformFilters.set(0, filterMatrix).set(1, taps).set(2, target).run();
            },
            OneDnnKernels.cacheKey(NativeThreads.current(), weightShape))
        .data();
  }

  /** Applies the transposed result transform. */
  private void transformResultsTransposed(Pointer results, Pointer tiled, Pointer transformed) {
    imagesToTiles.set(0, results).set(1, tiled).run();
    transformResultsTransposed.set(0, resultMatrix).set(1, tiled).set(2, transformed).run();
  }

  @Override
  public void release() {
    tiles.close();
  }

  /** Returns the maximum length needed in the first two scratch buffers. */
  private long scratchLength() {
    return Math.max(Math.max(tiles.length(), positions * resultStride), filterLength);
  }

  private Pointer slice(INDArray array, int i) {
    return array.data().pointer().getPointer(FloatPointer.class, array.length() / slices * i);
  }
}
