package io.github.vqvae4j.tensor.internal;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Images [n, h, w, c] to transformed tiles (Bt x Bt) d [36, tiles, c], of the overlapping 6x6 tiles
 * at every fourth pixel of the images with a border of zeros around them.
 */
final class WinogradTiles {
  private static final int BORDER = 1;

  /** Copies the places of every tile from one on; oneDNN knows no layout that overlaps. */
  private record Cut(Call copy, Pointer from, long place) {}

  private final FloatPointer padded;
  private final Pointer inner;
  private final FloatPointer matrix;
  private final long columns;
  private final Call pad;
  private final Cut[] cuts;
  private final Call transform;

  WinogradTiles(OneDnn oneDnn, WinogradMatrices matrices, long n, long h, long w, long c) {
    long row = (w + 2 * BORDER) * c;
    long size = (h + 2 * BORDER) * row;
    padded = new FloatPointer(n * size);
    Pointer.memset(padded, 0, padded.capacity() * Float.BYTES);
    inner = padded.getPointer(BORDER * (row + c));
    long[] image = {n, h, w, c};
    pad = oneDnn.reorder(OneDnn.dense(image), strided(image, new long[] {size, row, c, 1}));

    long t = matrices.points();
    long step = matrices.outputs();
    long down = h / step;
    long across = w / step;
    columns = n * down * across * c;
    long[] from = {row, c, size, step * row, step * c, 1};
    long[] to = {t * columns, columns, down * across * c, across * c, c, 1};
    cuts = new Cut[4];
    for (int i = 0; i < cuts.length; i++) {
      long top = i / 2 * step;
      long left = i % 2 * step;
      long[] places = {Math.min(step, t - top), Math.min(step, t - left), n, down, across, c};
      cuts[i] =
          new Cut(
              oneDnn.reorder(strided(places, from), strided(places, to)),
              padded.getPointer(top * row + left * c),
              top * t + left);
    }

    matrix = new FloatPointer(matrices.data());
    memory.desc tiles = OneDnn.dense(t * t, columns);
    memory.desc square = OneDnn.dense(t * t, t * t);
    var description =
        new matmul.primitive_desc(OneDnn.cpu(), square, tiles, tiles, OneDnn.attributes(), true);
    transform =
        oneDnn
            .call()
            .argument(DNNL_ARG_SRC, square)
            .argument(DNNL_ARG_WEIGHTS, tiles)
            .argument(DNNL_ARG_DST, tiles)
            .build(new matmul(description), description);
  }

  private static memory.desc strided(long[] shape, long[] strides) {
    return new memory.desc(shape, memory.data_type.f32, strides);
  }

  /**
   * Transforms.
   *
   * @param images where they lie
   * @param tiles room for as many numbers as the result has
   * @param data the result
   */
  void run(Pointer images, Pointer tiles, Pointer data) {
    pad.set(0, images).set(1, inner).run();
    for (Cut cut : cuts) {
      Pointer place = tiles.getPointer(FloatPointer.class, cut.place() * columns);
      cut.copy().set(0, cut.from()).set(1, place).run();
    }
    transform.set(0, matrix).set(1, tiles).set(2, data).run();
  }
}
