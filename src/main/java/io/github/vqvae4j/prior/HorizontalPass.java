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

  private final float[] sum;
  private final float[] gated;
  private final float[] activations;

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
    sum = new float[2 * channels];
    gated = new float[channels];
    activations = new float[logits.inputs()];
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
      layer(i, rowSums, (column * layers.size() + i) * count * sum.length);
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
    int length = window.length / count;
    for (int map = 0; map < count; map++) {
      layer.sum().apply(window, map * length, sum);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += rowSums[offset + map * sum.length + i];
      }
      gate();
      float[] output = outputs[map];
      layer.output().apply(gated, 0, output);
      if (index > 0) {
        int current = (map + 1) * length - channels;
        for (int i = 0; i < channels; i++) {
          output[i] += window[current + i];
        }
      }
    }
  }

  /** Computes tanh(a) sigmoid(b) of the two halves of the sum. */
  private void gate() {
    for (int i = 0; i < channels; i++) {
      double tanh = 1 - 2 / (Math.exp(2.0 * sum[i]) + 1);
      gated[i] = (float) (tanh / (1 + Math.exp(-sum[channels + i])));
    }
  }

  private float[][] head() {
    float[][] all = new float[count][logits.bias().length];
    for (int map = 0; map < count; map++) {
      hidden.apply(outputs[map], 0, activations);
      for (int i = 0; i < activations.length; i++) {
        activations[i] = Math.max(0, activations[i]);
      }
      logits.apply(activations, 0, all[map]);
    }
    return all;
  }
}
