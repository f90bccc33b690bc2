package io.github.vqvae4j.prior;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes the logits of a {@link PixelCnn} position by position, in raster order, each value of a
 * layer once. The vertical stack is computed for a whole row, once the row above is complete; the
 * horizontal stack for one position. What later positions need is kept, in memory that is allocated
 * once:
 *
 * <ul>
 *   <li>of each layer's vertical stack, its input in the last k/2 rows (a ring in native memory)
 *   <li>of each layer's horizontal stack, its input in the last k/2 columns of the row
 *   <li>of each layer, the sums of the row that do not depend on its codes
 *   <li>the features of the other code map
 * </ul>
 *
 * <p>The inputs of the first layer are embeddings of codes and are not kept.
 */
final class PixelCnnCache extends Block {
  private final PixelCnn prior;
  private final List<GatedLayer> layers;
  private final PriorInputs given;
  private final int count;
  private final int height;
  private final int width;
  private final int channels;
  private final int firstHalf;
  private final int half;

  /** The inputs of the layers but the first, [k/2, layers - 1, b, w, C]. */
  private final Buffer rows;

  private final HorizontalPass horizontal;

  /** The code of each map in the column before. */
  private final int[] previous;

  /** [w, layers, b, 2C]. */
  private float[] sums;

  /** [b, h, w, C]; null without another code map. */
  private final Buffer features;

  /**
   * Creates an empty cache.
   *
   * @param count the number of maps, b
   */
  PixelCnnCache(PixelCnn prior, PriorInputs given, int count, int height, int width) {
    this.prior = prior;
    this.given = given;
    this.count = count;
    this.height = height;
    this.width = width;
    layers = prior.layers();
    PixelCnnConfig config = prior.config();
    channels = config.channels();
    firstHalf = config.firstKernel() / 2;
    half = config.kernel() / 2;
    int later = Math.max(1, layers.size() - 1);
    rows = zeros("rows", half, later, count, width, channels);
    horizontal = new HorizontalPass(prior, count);
    previous = new int[count];
    features = given.map() == null ? null : features();
  }

  private Buffer zeros(String name, int... shape) {
    long[] axes = new long[shape.length];
    int length = 1;
    for (int i = 0; i < shape.length; i++) {
      axes[i] = shape[i];
      length = Math.multiplyExact(length, shape[i]);
    }
    return buffer(name, new float[length], axes);
  }

  private Buffer features() {
    try (Step step = Step.inference()) {
      Tensor values = prior.features(step, given, height, width);
      return buffer("features", values.toFloats(), values.shape());
    }
  }

  /**
   * Computes the vertical stacks in a row. Rows are computed in order.
   *
   * @param values the codes [b, h, w], complete in all rows above
   */
  void startRow(int row, int... values) {
    try (Step step = Step.inference()) {
      Tensor labels = PixelCnn.labels(step, given);
      Tensor other = features == null ? null : features.in(step).slice(1, row, row + 1);
      int top = Math.max(0, row - firstHalf);
      // The first layer does not see the current row, which is not complete yet.
      Tensor window = embedded(step, top, row, values);
      window = window.pad(1, firstHalf - (row - top), 0, 0);
      List<Tensor> kept = new ArrayList<>();
      List<Tensor> rowSums = new ArrayList<>();
      for (int i = 0; i < layers.size(); i++) {
        GatedLayer layer = layers.get(i);
        Tensor v = layer.verticalRow(window);
        Tensor c = layer.condition(labels, other);
        rowSums.add(layer.rowSums(v, c).reshape(count, width, 2L * channels));
        if (i < layers.size() - 1) {
          Tensor next = layer.nextVertical(v, c);
          kept.add(next);
          window = window(step, row, i, next);
        }
      }
      append(row, kept);
      sums = Tensor.stack(0, rowSums).permute(2, 0, 1, 3).toFloats();
      horizontal.startRow();
    }
  }

  /**
   * Computes the logits of a position. The positions of a row are computed in order, after {@link
   * #startRow}.
   *
   * @param values the codes [b, h, w], complete at all positions before this one
   * @return the logits [b][K]
   */
  float[][] logits(int row, int column, int... values) {
    for (int map = 0; map < count && column > 0; map++) {
      previous[map] = values[(map * height + row) * width + column - 1];
    }
    return horizontal.next(column, sums, previous);
  }

  /** Returns the embeddings of rows of codes, with that of 0 in place of missing ones. */
  private Tensor embedded(Step step, int top, int bottom, int... values) {
    int length = (bottom - top + 1) * width;
    int[] range = new int[count * length];
    for (int map = 0; map < count; map++) {
      for (int i = 0; i < length; i++) {
        range[map * length + i] = Math.max(0, values[(map * height + top) * width + i]);
      }
    }
    return prior.embed(step.tensor(range, count, bottom - top + 1, width));
  }

  /** Returns the kept rows of a layer's input, the oldest first, followed by the current one. */
  private Tensor window(Step step, int row, int layer, Tensor current) {
    List<Tensor> parts = new ArrayList<>();
    for (int past = row - half; past < row; past++) {
      int slot = Math.floorMod(past, half);
      Tensor entry = rows.in(step).slice(0, slot, slot + 1).slice(1, layer, layer + 1);
      parts.add(entry.reshape(current.shape()));
    }
    parts.add(current);
    return Tensor.concat(1, parts);
  }

  /** Replaces the oldest row of the ring by the inputs of all layers but the first. */
  private void append(int row, List<Tensor> kept) {
    if (!kept.isEmpty()) {
      float[] all = Tensor.stack(0, kept).toFloats();
      rows.write((long) row % half * all.length, all, 0, all.length);
    }
  }
}
