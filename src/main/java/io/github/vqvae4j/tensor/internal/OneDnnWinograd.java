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
 * Convolutions with a fraction of the multiplications ({@link WinogradMatrices}), as matrix
 * products in oneDNN, whose own code for that is gone: those with a 3x3 kernel and stride 1 (a
 * quarter of the multiplications) and those with a 4x4 kernel and stride 2 (25 of 64), which are
 * 2x2 convolutions of cells of 2x2 pixels. With p for the t t places in a tile, and cells of C
 * numbers:
 *
 * <pre>
 * data [t t, tiles, C]    = (Bt x Bt) tiles
 * filters [t t, C, O]     = (G x G) weights
 * products [p, tiles, O]  = data [p, tiles, C] filters [p, C, O]
 * results [4 4, tiles, O] = (At x At) products
 * </pre>
 *
 * <p>Gradients go through the same steps backwards, with each matrix transposed. Images go in
 * slices whose tiles stay in cache.
 */
final class OneDnnWinograd implements OneDnn.Owner {
  private static final WinogradMatrices[] BY_STRIDE = {
    null, WinogradMatrices.of(3), WinogradMatrices.of(2)
  };

  /** With fewer channels moving tiles about costs more than the multiplications saved. */
  private static final int FEWEST_CHANNELS = 64;

  /** With fewer tiles in a slice reading the filters costs too much; with more, the cache is. */
  private static final int FEWEST_TILES = 32;

  private static final int MOST_TILES = 64;

  private final OneDnn oneDnn;
  private final WinogradMatrices matrices;
  private final int slices;
  private final long places;
  private final long filterLength;

  /** With it the filters' layout is given: strides follow from kernels. */
  private final long[] weightShape;

  private final long resultRow;
  private final WinogradTiles tiles;
  private final FloatPointer filterMatrix;
  private final FloatPointer resultMatrix;
  private final Call gatherWeights;
  private final Call scatterWeights;
  private final Call transformFilters;
  private final Call transformFiltersBack;
  private final Call multiply;
  private final Call multiplyBack;
  private final Call multiplyForFilters;
  private final Call addMultiplyForFilters;
  private final Call addBias;
  private final Call addPixelBias;
  private final Call addPixelBiasRelu;
  private final Call transformResults;
  private final Call transformResultsRelu;
  private final Call transformResultsBack;
  private final boolean usable;
  private final Call place;
  private final Call take;

  /**
   * For one set of shapes.
   *
   * @param x shape of the convolution's images
   * @param w shape of its weights, [kernel, kernel, in, out]
   * @param window one that {@link #suits}
   */
  OneDnnWinograd(OneDnn oneDnn, long[] x, long[] w, ConvOptions window) {
    this.oneDnn = oneDnn;
    int stride = window.height().stride();
    weightShape = w.clone();
    matrices = BY_STRIDE[stride];
    int images = imagesInSlice(x, stride);
    slices = (int) (x[0] / images);
    tiles = new WinogradTiles(oneDnn, matrices, window, images, x[1], x[2], w[2]);
    filterMatrix = new FloatPointer(matrices.filter());
    resultMatrix = new FloatPointer(matrices.results());
    long r = matrices.taps();
    long m = matrices.outputs();
    places = matrices.points() * matrices.points();
    long down = x[1] / (stride * m);
    long across = x[2] / (stride * m);
    long count = images * down * across;
    long cell = stride * stride * w[2];
    long out = w[3];
    long dataRow = tiles.rowLength();
    long filterRow = WinogradTiles.rowLength(cell * out);
    resultRow = WinogradTiles.rowLength(count * out);
    filterLength = places * filterRow;

    // [tap, row in cell, tap, column in cell, in, out] and each tap's cell side by side.
    long[] tapsAndCells = {r, r, stride, stride * w[2] * out};
    long taps = w[1] * w[2] * out;
    memory.desc asStored =
        OneDnn.strided(tapsAndCells, stride * taps, stride * w[2] * out, taps, 1);
    gatherWeights = oneDnn.reorder(asStored, OneDnn.dense(tapsAndCells), false);
    scatterWeights = oneDnn.reorder(OneDnn.dense(tapsAndCells), asStored, false);
    memory.desc byTap = OneDnn.dense(r * r, cell * out);
    memory.desc byPlace = OneDnn.strided(new long[] {places, cell * out}, filterRow, 1);
    transformFilters = oneDnn.product(OneDnn.dense(places, r * r), byTap, byPlace);
    transformFiltersBack =
        oneDnn.product(OneDnn.strided(new long[] {r * r, places}, 1, r * r), byPlace, byTap);

    memory.desc data = OneDnn.strided(new long[] {places, count, cell}, dataRow, cell, 1);
    memory.desc filters = OneDnn.strided(new long[] {places, cell, out}, filterRow, out, 1);
    memory.desc products = OneDnn.strided(new long[] {places, count, out}, resultRow, out, 1);
    multiply = oneDnn.product(data, filters, products);
    multiplyBack =
        oneDnn.product(
            products, OneDnn.strided(new long[] {places, out, cell}, filterRow, 1, out), data);
    memory.desc turnedData = OneDnn.strided(new long[] {places, cell, count}, dataRow, 1, cell);
    multiplyForFilters = oneDnn.product(turnedData, products, filters);
    post_ops sum = new post_ops();
    sum.append_sum(1, 0, memory.data_type.undef);
    addMultiplyForFilters = oneDnn.product(turnedData, products, filters, sum);

    post_ops relu = new post_ops();
    OneDnn.appendRelu(relu);
    addBias = addition(count, out, new post_ops());
    addPixelBias = addition(images * x[1] * x[2], w[2], new post_ops());
    addPixelBiasRelu = addition(images * x[1] * x[2], w[2], relu);
    memory.desc columns = OneDnn.strided(new long[] {places, count * out}, resultRow, 1);
    memory.desc results = OneDnn.strided(new long[] {m * m, count * out}, resultRow, 1);
    memory.desc resultRows = OneDnn.dense(m * m, places);
    transformResults = oneDnn.product(resultRows, columns, results);
    transformResultsRelu = oneDnn.product(resultRows, columns, results, relu);
    transformResultsBack =
        oneDnn.product(OneDnn.strided(new long[] {places, m * m}, 1, places), results, columns);

    long[] tiled = {m, m, images, down, across, out};
    long row = across * m * out;
    memory.desc inImages = OneDnn.strided(tiled, row, out, down * m * row, m * row, m * out, 1);
    long ofImage = down * across * out;
    memory.desc inTiles =
        OneDnn.strided(tiled, m * resultRow, resultRow, ofImage, across * out, out, 1);
    place = oneDnn.reorder(inTiles, inImages, false);
    take = oneDnn.reorder(inImages, inTiles, false);
    usable =
        tiles.isUsable()
            && !List.of(
                    transformFilters,
                    transformFiltersBack,
                    multiply,
                    multiplyBack,
                    multiplyForFilters,
                    addMultiplyForFilters,
                    transformResults,
                    transformResultsRelu,
                    transformResultsBack)
                .contains(Call.NONE);
  }

  private Call addition(long rows, long columns, post_ops after) {
    memory.desc all = OneDnn.dense(rows, columns);
    memory.desc one = OneDnn.dense(1, columns);
    primitive_attr attributes = OneDnn.attributes();
    attributes.set_post_ops(after);
    var description =
        new binary.primitive_desc(
            OneDnn.cpu(), dnnl.algorithm.binary_add, all, one, all, attributes, true);
    return oneDnn
        .call()
        .argument(DNNL_ARG_SRC_0, all)
        .argument(DNNL_ARG_SRC_1, one)
        .argument(DNNL_ARG_DST, all)
        .build(new binary(description), description);
  }

  /** Whether oneDNN has fast code for all products. */
  boolean isUsable() {
    return usable;
  }

  /** Whether a convolution is of that kind, and large enough to gain by it. */
  static boolean suits(long[] x, long[] w, ConvOptions window) {
    int stride = window.height().stride();
    return stride <= 2
        && window.width().stride() == stride
        && window.isPlain()
        && keepsSize(window.height())
        && keepsSize(window.width())
        && w[0] == stride * BY_STRIDE[stride].taps()
        && w[1] == w[0]
        && w[2] >= FEWEST_CHANNELS
        && w[3] >= FEWEST_CHANNELS
        && x[1] % (stride * BY_STRIDE[stride].outputs()) == 0
        && x[2] % (stride * BY_STRIDE[stride].outputs()) == 0
        && imagesInSlice(x, stride) > 0;
  }

  /** Whether the padding is what the kernel takes of an image, on whichever sides. */
  private static boolean keepsSize(ConvOptions.Axis axis) {
    return axis.before() + axis.after() == WinogradTiles.BORDERS;
  }

  /** The most images, of those that divide the batch, or 0 if there are too few. */
  private static int imagesInSlice(long[] x, int stride) {
    int side = stride * BY_STRIDE[stride].outputs();
    long tilesOfImage = x[1] / side * (x[2] / side);
    for (long images = Math.min(x[0], MOST_TILES / tilesOfImage); images > 0; images--) {
      if (x[0] % images == 0) {
        return images * tilesOfImage >= FEWEST_TILES ? (int) images : 0;
      }
    }
    return 0;
  }

  /** y = relu?(x * w + bias). */
  void forward(INDArray x, Weights w, INDArray bias, boolean relu, INDArray y) {
    Pointer filters = filters(w);
    Pointer a = Scratch.FIRST.floats(scratchLength());
    Pointer b = Scratch.SECOND.floats(scratchLength());
    for (int i = 0; i < slices; i++) {
      tiles.forward(slice(x, i), a, b);
      multiply.set(0, b).set(1, filters).set(2, a).run();
      if (bias != null) {
        Pointer one = a.getPointer(FloatPointer.class, matrices.biasPlace() * resultRow);
        addBias.set(0, one).set(1, bias).set(2, one).run();
      }
      (relu ? transformResultsRelu : transformResults)
          .set(0, resultMatrix)
          .set(1, a)
          .set(2, b)
          .run();
      place.set(0, b).set(1, slice(y, i)).run();
    }
  }

  /** x = relu?(transposed convolution of y + bias): without a bias, y's gradient to x's. */
  void back(INDArray y, Weights w, INDArray bias, boolean relu, INDArray x) {
    Pointer filters = filters(w);
    Pointer a = Scratch.FIRST.floats(scratchLength());
    Pointer b = Scratch.SECOND.floats(scratchLength());
    Pointer sums = Scratch.THIRD.floats(tiles.paddedLength());
    for (int i = 0; i < slices; i++) {
      spread(slice(y, i), a, b);
      multiplyBack.set(0, b).set(1, filters).set(2, a).run();
      Pointer target = slice(x, i);
      tiles.back(a, b, sums, target);
      if (bias != null) {
        (relu ? addPixelBiasRelu : addPixelBias).set(0, target).set(1, bias).set(2, target).run();
      }
    }
  }

  /** The gradient of the weights. */
  void weightGradient(INDArray x, INDArray dy, INDArray dWeight) {
    Pointer a = Scratch.FIRST.floats(scratchLength());
    Pointer b = Scratch.SECOND.floats(scratchLength());
    Pointer c = Scratch.THIRD.floats(places * resultRow);
    Pointer sum = Scratch.FOURTH.floats(filterLength);
    for (int i = 0; i < slices; i++) {
      tiles.forward(slice(x, i), a, b);
      spread(slice(dy, i), a, c);
      (i == 0 ? multiplyForFilters : addMultiplyForFilters).set(0, b).set(1, c).set(2, sum).run();
    }
    transformFiltersBack.set(0, filterMatrix).set(1, sum).set(2, a).run();
    scatterWeights.set(0, a).set(1, dWeight).run();
  }

  private Pointer filters(Weights w) {
    return oneDnn
        .derive(
            w,
            "winograd",
            filterLength * Float.BYTES,
            target -> {
              Pointer taps = Scratch.FIRST.floats(scratchLength());
              gatherWeights.set(0, w.data()).set(1, taps).run();
              transformFilters.set(0, filterMatrix).set(1, taps).set(2, target).run();
            },
            weightShape)
        .data();
  }

  /** Results to what each place of their tiles has to do with them. */
  private void spread(Pointer results, Pointer tiled, Pointer spread) {
    take.set(0, results).set(1, tiled).run();
    transformResultsBack.set(0, resultMatrix).set(1, tiled).set(2, spread).run();
  }

  @Override
  public void free() {
    tiles.free();
  }

  /** Numbers of the largest thing in the first two blocks of scratch memory. */
  private long scratchLength() {
    return Math.max(Math.max(tiles.length(), places * resultRow), filterLength);
  }

  private Pointer slice(INDArray array, int i) {
    return array.data().pointer().getPointer(FloatPointer.class, array.length() / slices * i);
  }
}
