package io.github.vqvae4j.prior;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * Computes the logits of a {@link PixelCnn} position by position, in raster order, each value of a
 * layer once. The vertical stack is computed for a whole row, once the row above is complete; the
 * horizontal stack for one position. What later positions need is kept, in arrays that are
 * allocated once:
 *
 * <ul>
 *   <li>of each layer's vertical stack, its input in the last k/2 rows, in a ring
 *   <li>of each layer's horizontal stack, its input in the last k/2 columns of the row
 *   <li>of each layer, the sums of the row that do not depend on its codes
 *   <li>the features of the other code map
 * </ul>
 *
 * <p>The inputs of the first layer are embeddings of codes and are not kept.
 */
final class PixelCnnCache {
  private final PixelCnn prior;
  private final List<GatedLayer> layers;
  private final PriorInputs given;
  private final int count;
  private final int height;
  private final int width;
  private final int channels;
  private final int firstHalf;
  private final int half;

  /** Of each layer but the first, the inputs [k/2, b, w, C]. */
  private final float[][] rows;

  /** The vertical stack of the row in the next layer, [b, w, C]. */
  private final float[] next;

  private final Gate gate;
  private final HorizontalPass horizontal;

  /** The code of each map in the column before. */
  private final int[] previous;

  /** [w, layers, b, 2C]. */
  private final float[] sums;

  /** [b, h, w, C]; null without another code map. */
  private final float[] features;

  /**
   * The {@linkplain GatedLayer#condition condition} of each layer, [b, 2C] or that of the current
   * row, [b, w, 2C]; empty if the prior is not conditioned.
   */
  private List<float[]> conditions;

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
    int positions = Math.multiplyExact(count, width);
    next = new float[Math.multiplyExact(positions, channels)];
    rows = new float[layers.size() - 1][Math.multiplyExact(half, next.length)];
    gate = new Gate(positions, channels);
    horizontal = new HorizontalPass(prior, count);
    previous = new int[count];
    sums = new float[Math.multiplyExact(2 * layers.size(), next.length)];
    try (Step step = Step.inference()) {
      features = given.map() == null ? null : prior.features(step, given, height, width).toFloats();
      conditions = features == null && given.labels() != null ? conditions(step, null) : List.of();
    }
  }

  private List<float[]> conditions(Step step, Tensor ofMap) {
    Tensor labels = PixelCnn.labels(step, given);
    return layers.stream().map(layer -> layer.condition(labels, ofMap).toFloats()).toList();
  }

  /**
   * Computes the vertical stacks in a row. Rows are computed in order.
   *
   * @param values the codes [b, h, w], complete in all rows above
   */
  void startRow(int row, int... values) {
    try (Step step = Step.inference()) {
      if (features != null) {
        conditions = conditions(step, step.tensor(featuresOf(row), count, 1, width, channels));
      }
      int top = Math.max(0, row - firstHalf);
      // The first layer does not see the current row, which is not complete yet.
      Tensor window = embedded(step, top, row, values).pad(1, firstHalf - (row - top), 0, 0);
      for (int i = 0; i < layers.size(); i++) {
        Tensor v = layers.get(i).verticalRow(window);
        setSums(i, layers.get(i).link(v).toFloats());
        if (i < layers.size() - 1) {
          float[] vertical = v.toFloats();
          addCondition(i, vertical);
          gate.apply(vertical, next);
          window = step.tensor(appended(i, row), count, half + 1L, width, channels);
        }
      }
      horizontal.startRow();
    }
  }

  /** Returns the features of the other code map in a row, [b, 1, w, C]. */
  private float[] featuresOf(int row) {
    int length = width * channels;
    float[] ofRow = new float[count * length];
    for (int map = 0; map < count; map++) {
      System.arraycopy(features, (map * height + row) * length, ofRow, map * length, length);
    }
    return ofRow;
  }

  /** Sets the sums of a layer in the row. */
  private void setSums(int layer, float... ofRow) {
    addCondition(layer, ofRow);
    int length = 2 * channels;
    for (int map = 0; map < count; map++) {
      for (int column = 0; column < width; column++) {
        int to = ((column * layers.size() + layer) * count + map) * length;
        System.arraycopy(ofRow, (map * width + column) * length, sums, to, length);
      }
    }
  }

  private void addCondition(int layer, float... ofRow) {
    if (!conditions.isEmpty()) {
      float[] c = conditions.get(layer);
      int length = 2 * channels;
      int columns = c.length / count / length;
      for (int i = 0; i < count * width; i++) {
        int from = (i * columns / width) * length;
        for (int j = 0; j < length; j++) {
          ofRow[i * length + j] += c[from + j];
        }
      }
    }
  }

  /**
   * Appends the current row to the kept rows of the next layer's input.
   *
   * @return the rows that the layer sees, the oldest first, [b, k/2 + 1, w, C]
   */
  private float[] appended(int layer, int row) {
    float[] ring = rows[layer];
    int length = width * channels;
    float[] window = new float[next.length * (half + 1)];
    for (int map = 0; map < count; map++) {
      int to = map * (half + 1) * length;
      for (int i = 0; i < half; i++) {
        int slot = (row + i) % half;
        System.arraycopy(ring, (slot * count + map) * length, window, to + i * length, length);
      }
      System.arraycopy(next, map * length, window, to + half * length, length);
    }
    System.arraycopy(next, 0, ring, row % half * next.length, next.length);
    return window;
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
}
