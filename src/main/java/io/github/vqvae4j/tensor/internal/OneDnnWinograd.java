package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_0;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC_1;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.vqvae4j.tensor.Window;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * 3x3 convolutions with a quarter of the multiplications ({@link WinogradMatrices}), as matrix
 * products in oneDNN, whose own code for that is gone. With p for the 36 places in a tile:
 *
 * <pre>
 * data [36, tiles, C]    = (Bt x Bt) tiles
 * filters [36, C, O]     = (G x G) weights
 * products [p, tiles, O] = data [p, tiles, C] filters [p, C, O]
 * results [16, tiles, O] = (At x At) products
 * </pre>
 *
 * <p>The input's gradient is the convolution of the output's with the filters turned by 180
 * degrees; the weights' gradient goes through the same steps backwards. Images go in slices whose
 * tiles stay in cache.
 */
final class OneDnnWinograd {
  private static final int KERNEL = 3;
  private static final WinogradMatrices MATRICES = WinogradMatrices.of(KERNEL);
  private static final int TILE = MATRICES.outputs();
  private static final int PLACES = MATRICES.points() * MATRICES.points();

  /** With fewer channels moving tiles about costs more than the multiplications saved. */
  private static final int FEWEST_CHANNELS = 64;

  /** With fewer tiles in a slice reading the filters costs too much; with more, the cache is. */
  private static final int FEWEST_TILES = 32;

  private static final int MOST_TILES = 64;

  private final OneDnn oneDnn;
  private final long in;
  private final long out;
  private final boolean turned;
  private final int slices;
  private final long columnsIn;
  private final long columnsOut;
  private final WinogradTiles tiles;
  private final FloatPointer filterMatrix;
  private final FloatPointer resultMatrix;
  private final Call transformFilters;
  private final Call multiply;
  private final Call addBias;
  private final Call[] transformResults;
  private final Call place;
  private final Call take;
  private final Call spread;
  private final Call[] multiplyGradient;
  private final Call collect;

  /**
   * For one set of shapes.
   *
   * @param x shape of the images that are convolved: those of dy, if turned
   * @param w shape of the weights, [3, 3, in, out]
   * @param turned whether to go from the outputs' channels to the inputs', with turned filters
   */
  OneDnnWinograd(OneDnn oneDnn, long[] x, long[] w, boolean turned) {
    this.oneDnn = oneDnn;
    this.turned = turned;
    in = turned ? w[3] : w[2];
    out = turned ? w[2] : w[3];
    int images = imagesInSlice(x);
    slices = (int) (x[0] / images);
    long count = images * (x[1] / TILE) * (x[2] / TILE);
    columnsIn = count * in;
    columnsOut = count * out;
    tiles = new WinogradTiles(oneDnn, MATRICES, images, x[1], x[2], in);
    filterMatrix = new FloatPointer(turned ? MATRICES.turnedFilter() : MATRICES.filter());
    resultMatrix = new FloatPointer(MATRICES.results());

    long rr = KERNEL * KERNEL;
    long mm = TILE * TILE;
    transformFilters =
        product(
            OneDnn.dense(PLACES, rr),
            OneDnn.dense(rr, in * out),
            OneDnn.dense(PLACES, in * out),
            OneDnn.attributes());
    memory.desc data = OneDnn.dense(PLACES, count, in);
    memory.desc products = OneDnn.dense(PLACES, count, out);
    memory.desc filters =
        new memory.desc(
            new long[] {PLACES, in, out},
            memory.data_type.f32,
            turned ? new long[] {in * out, 1, in} : new long[] {in * out, out, 1});
    multiply = product(data, filters, products, OneDnn.attributes());
    addBias = addition(OneDnn.dense(count, out), OneDnn.dense(1, out));
    transformResults = new Call[2];
    for (int relu = 0; relu < 2; relu++) {
      primitive_attr attributes = OneDnn.attributes();
      if (relu == 1) {
        post_ops after = new post_ops();
        after.append_eltwise(dnnl.algorithm.eltwise_relu, 0, 0);
        attributes.set_post_ops(after);
      }
      transformResults[relu] =
          product(
              OneDnn.dense(mm, PLACES),
              OneDnn.dense(PLACES, columnsOut),
              OneDnn.dense(mm, columnsOut),
              attributes);
    }
    long[] tiled = {TILE, TILE, images, x[1] / TILE, x[2] / TILE, out};
    long row = x[2] * out;
    memory.desc placed =
        new memory.desc(
            tiled,
            memory.data_type.f32,
            new long[] {row, out, x[1] * row, TILE * row, TILE * out, 1});
    place = oneDnn.reorder(OneDnn.dense(tiled), placed);
    take = oneDnn.reorder(placed, OneDnn.dense(tiled));
    spread =
        product(
            new memory.desc(new long[] {PLACES, mm}, memory.data_type.f32, new long[] {1, PLACES}),
            OneDnn.dense(mm, columnsOut),
            OneDnn.dense(PLACES, columnsOut),
            OneDnn.attributes());
    multiplyGradient = new Call[2];
    for (int add = 0; add < 2; add++) {
      primitive_attr attributes = OneDnn.attributes();
      if (add == 1) {
        post_ops after = new post_ops();
        after.append_sum(1, 0, memory.data_type.undef);
        attributes.set_post_ops(after);
      }
      multiplyGradient[add] =
          product(
              new memory.desc(
                  new long[] {PLACES, in, count},
                  memory.data_type.f32,
                  new long[] {count * in, 1, in}),
              products,
              OneDnn.dense(PLACES, in, out),
              attributes);
    }
    collect =
        product(
            new memory.desc(new long[] {rr, PLACES}, memory.data_type.f32, new long[] {1, rr}),
            OneDnn.dense(PLACES, in * out),
            OneDnn.dense(rr, in * out),
            OneDnn.attributes());
  }

  private Call product(memory.desc a, memory.desc b, memory.desc y, primitive_attr attributes) {
    var description = new matmul.primitive_desc(OneDnn.cpu(), a, b, y, attributes, true);
    return oneDnn
        .call()
        .argument(DNNL_ARG_SRC, a)
        .argument(DNNL_ARG_WEIGHTS, b)
        .argument(DNNL_ARG_DST, y)
        .build(new matmul(description), description);
  }

  private Call addition(memory.desc rows, memory.desc row) {
    var description =
        new binary.primitive_desc(
            OneDnn.cpu(), dnnl.algorithm.binary_add, rows, row, rows, OneDnn.attributes(), true);
    return oneDnn
        .call()
        .argument(DNNL_ARG_SRC_0, rows)
        .argument(DNNL_ARG_SRC_1, row)
        .argument(DNNL_ARG_DST, rows)
        .build(new binary(description), description);
  }

  /** Whether a convolution is of that kind, and large enough to gain by it. */
  static boolean suits(long[] x, long[] w, Window window) {
    return w[0] == KERNEL
        && w[1] == KERNEL
        && window.equals(Window.of(1, 1))
        && w[2] >= FEWEST_CHANNELS
        && w[3] >= FEWEST_CHANNELS
        && x[1] % TILE == 0
        && x[2] % TILE == 0
        && imagesInSlice(x) > 0;
  }

  /** The most images, of those that divide the batch, or 0 if there are too few. */
  private static int imagesInSlice(long[] x) {
    long tilesOfImage = x[1] / TILE * (x[2] / TILE);
    for (long images = Math.min(x[0], MOST_TILES / tilesOfImage); images > 0; images--) {
      if (x[0] % images == 0) {
        return images * tilesOfImage >= FEWEST_TILES ? (int) images : 0;
      }
    }
    return 0;
  }

  /** y = relu?(x * w + bias); with turned filters the gradient of x, given that of y. */
  void convolve(INDArray x, INDArray w, long stamp, INDArray bias, boolean relu, INDArray y) {
    Pointer filters =
        oneDnn.derived(
            w,
            stamp,
            turned ? "winograd turned" : "winograd",
            PLACES * in * out * Float.BYTES,
            target -> transformFilters.set(0, filterMatrix).set(1, w).set(2, target).run());
    Pointer a = oneDnn.workspace(0, PLACES * Math.max(columnsIn, columnsOut));
    Pointer b = oneDnn.workspace(1, PLACES * Math.max(columnsIn, columnsOut));
    for (int i = 0; i < slices; i++) {
      tiles.run(slice(x, i), a, b);
      multiply.set(0, b).set(1, filters).set(2, a).run();
      if (bias != null) {
        Pointer place = a.getPointer(FloatPointer.class, MATRICES.biasRow() * columnsOut);
        addBias.set(0, place).set(1, bias).set(2, place).run();
      }
      transformResults[relu ? 1 : 0].set(0, resultMatrix).set(1, a).set(2, b).run();
      place.set(0, b).set(1, slice(y, i)).run();
    }
  }

  /** The gradient of the weights. */
  void weightGradient(INDArray x, INDArray dy, INDArray dWeight) {
    Pointer a = oneDnn.workspace(0, PLACES * Math.max(columnsIn, columnsOut));
    Pointer b = oneDnn.workspace(1, PLACES * columnsIn);
    Pointer c = oneDnn.workspace(2, PLACES * columnsOut);
    Pointer sum = oneDnn.workspace(3, PLACES * in * out);
    for (int i = 0; i < slices; i++) {
      tiles.run(slice(x, i), a, b);
      take.set(0, slice(dy, i)).set(1, a).run();
      spread.set(0, resultMatrix).set(1, a).set(2, c).run();
      multiplyGradient[i == 0 ? 0 : 1].set(0, b).set(1, c).set(2, sum).run();
    }
    collect.set(0, filterMatrix).set(1, sum).set(2, dWeight).run();
  }

  private Pointer slice(INDArray array, int i) {
    return array.data().pointer().getPointer(FloatPointer.class, array.length() / slices * i);
  }
}
