package io.github.vqvae4j.prior;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Computes the horizontal stacks of a {@link PixelCnn} and the logits position by position, in
 * plain Java. A position of some maps is so little work that a native operation for each step of it
 * would spend most of its time on being called.
 */
final class HorizontalPass {
  private final int count;
  private final int channels;
  private final float[] embeddings;
  private final List<GatedLayer.Horizontal> layers;
  private final Affine hidden;
  private final Affine logits;

  /**
   * Of each layer, the inputs that it sees, [b, columns, C]: of the first layer, the columns before
   * the current one; of the others, also the current one.
   */
  private final List<float[]> windows = new ArrayList<>();

  /** The output of the last computed layer, [b][C]. */
  private final float[][] outputs;

  /** The sums of the current layer, [b][2C], and in one array. */
  private final float[][] sums;

  private final float[] allSums;

  /** What the gate returns for them, [b, C]. */
  private final float[] gated;

  private final Gate gate;

  /** The hidden layer of the head, [b][headChannels]. */
  private final float[][] activations;

  /**
   * Creates a pass with the current parameters of a prior.
   *
   * @param count the number of maps, b
   */
  HorizontalPass(PixelCnn prior, int count) {
    this.count = count;
    channels = prior.config().channels();
    embeddings = prior.embeddings();
    layers = prior.layers().stream().map(GatedLayer::horizontal).toList();
    hidden = prior.hiddenHead();
    logits = prior.lastHead();
    for (GatedLayer.Horizontal layer : layers) {
      windows.add(new float[count * layer.sum().inputs()]);
    }
    outputs = new float[count][channels];
    sums = new float[count][2 * channels];
    allSums = new float[count * 2 * channels];
    gated = new float[count * channels];
    gate = new Gate(count, channels);
    activations = new float[count][logits.inputs()];
  }

  /** Starts a row: there are no columns before the first. */
  void startRow() {
    windows.forEach(window -> Arrays.fill(window, 0));
  }

  /**
   * Computes the logits of the next position of the row.
   *
   * @param column the column
   * @param rowSums what the row's vertical stacks add to the sums of each layer, [w, layers, b, 2C]
   * @param previous the code of each map in the column before; ignored in the first column
   * @return the logits [b][K]
   */
  float[][] next(int column, float[] rowSums, int... previous) {
    if (column > 0) {
      for (int map = 0; map < count; map++) {
        System.arraycopy(embeddings, previous[map] * channels, outputs[map], 0, channels);
      }
      append(windows.get(0));
    }
    for (int i = 0; i < layers.size(); i++) {
      if (i > 0) {
        append(windows.get(i));
      }
      layer(i, rowSums, (column * layers.size() + i) * allSums.length);
    }
    return head();
  }

  /** Moves the columns of a window to the left and appends the output of the layer before. */
  private void append(float... window) {
    int length = window.length / count;
    int kept = length - channels;
    for (int map = 0; map < count; map++) {
      int from = map * length;
      System.arraycopy(window, from + channels, window, from, kept);
      System.arraycopy(outputs[map], 0, window, from + kept, channels);
    }
  }

  private void layer(int index, float[] rowSums, int offset) {
    GatedLayer.Horizontal layer = layers.get(index);
    float[] window = windows.get(index);
    int twice = 2 * channels;
    for (int map = 0; map < count; map++) {
      System.arraycopy(rowSums, offset + map * twice, sums[map], 0, twice);
    }
    layer.sum().addTo(sums, window);
    for (int map = 0; map < count; map++) {
      System.arraycopy(sums[map], 0, allSums, map * twice, twice);
    }
    gate.apply(allSums, gated);
    int length = window.length / count;
    for (int map = 0; map < count; map++) {
      if (index == 0) {
        Arrays.fill(outputs[map], 0);
      } else { // the input is added to the output
        System.arraycopy(window, (map + 1) * length - channels, outputs[map], 0, channels);
      }
    }
    layer.output().addTo(outputs, gated);
  }

  private float[][] head() {
    for (int map = 0; map < count; map++) {
      System.arraycopy(outputs[map], 0, gated, map * channels, channels);
      Arrays.fill(activations[map], 0);
    }
    hidden.addTo(activations, gated);
    int length = logits.inputs();
    float[] positive = new float[count * length];
    for (int map = 0; map < count; map++) {
      for (int i = 0; i < length; i++) {
        positive[map * length + i] = Math.max(0, activations[map][i]);
      }
    }
    float[][] all = new float[count][logits.bias().length];
    logits.addTo(all, positive);
    return all;
  }
}
