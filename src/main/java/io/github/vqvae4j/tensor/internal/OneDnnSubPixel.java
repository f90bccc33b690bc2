package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Window;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transposed convolution to few channels, such as the last of a decoder, as a plain one (Shi et
 * al. 2016): with stride s and a kernel of s r, each of its s s output pixels that belong to one
 * place is an r x r convolution of the input, so all of them are one convolution to s s times the
 * channels, whose results are then put side by side. oneDNN's own form computes whole vectors of
 * channels, most of which are thrown away.
 */
final class OneDnnSubPixel implements OneDnn.Owner {
  /** With this many channels or more oneDNN's own form is faster. */
  private static final int CHANNELS = 8;

  private final OneDnn oneDnn;
  private final int stride;
  private final int taps;
  private final int padding;
  private final int in;
  private final int out;
  private final int[] places;
  private final int[] results;
  private final INDArray bias;
  private final INDArray phases;
  private final OneDnnConvolution convolution;
  private final float[] ofImage;
  private final float[] result;

  /** Holds the bias and the phases, whose content ends with each run. */
  private final NativeMemory memory;

  /**
   * For one set of shapes.
   *
   * @param x shape of the input
   * @param w shape of the weights, [kernel, kernel, out, in]
   * @param y shape of the result
   */
  OneDnnSubPixel(OneDnn oneDnn, long[] x, long[] w, long[] y, Window window) {
    this.oneDnn = oneDnn;
    stride = window.strideHeight();
    padding = window.paddingHeight();
    taps = (int) w[0] / stride;
    out = (int) w[2];
    in = (int) w[3];
    places = new int[] {(int) x[1] + taps - 1, (int) x[2] + taps - 1};
    results = new int[] {(int) y[1], (int) y[2]};
    int channels = stride * stride * out;
    ofImage = new float[(int) phasesOfImage(x, w, stride)];
    result = new float[results[0] * results[1] * out];

    long[] weightShape = {taps, taps, in, channels};
    long[] phaseShape = {x[0], places[0], places[1], channels};
    long biasBytes = NativeMemory.align((long) channels * Float.BYTES);
    memory =
        NativeMemory.workspace(
            biasBytes + x[0] * ofImage.length * Float.BYTES,
            "phases of a transposed convolution's " + Arrays.toString(y));
    bias = NativeMemory.wrap(memory.address(), DType.FLOAT, channels);
    phases = NativeMemory.wrap(memory.address() + biasBytes, DType.FLOAT, phaseShape);
    convolution = new OneDnnConvolution(oneDnn, x, weightShape, phaseShape, Window.of(1, taps - 1));
  }

  /** How many numbers the plain convolution makes of an image; the result has no more. */
  private static long phasesOfImage(long[] x, long[] w, int stride) {
    long taps = w[0] / stride;
    return (x[1] + taps - 1) * (x[2] + taps - 1) * stride * stride * w[2];
  }

  /** Whether a transposed convolution is of that kind, and an image small enough for the heap. */
  static boolean suits(long[] x, long[] w, Window window) {
    int stride = window.strideHeight();
    return w[2] < CHANNELS
        && stride > 1
        && window.equals(Window.of(stride, window.paddingHeight()))
        && w[0] == w[1]
        && w[0] % stride == 0
        && phasesOfImage(x, w, stride) <= Integer.MAX_VALUE;
  }

  @Override
  public void free() {
    memory.close();
  }

  /** y = relu?(transposed convolution of x + bias); false if oneDNN has no fast code for it. */
  boolean run(INDArray x, Weights w, INDArray withBias, boolean relu, INDArray y) {
    if (withBias != null) {
      repeat(withBias);
    }
    INDArray repeated = withBias == null ? null : bias;
    if (!convolution.forward(x, rearranged(w), repeated, null, relu, phases)) {
      return false;
    }
    for (int image = 0; image < x.size(0); image++) {
      HeapCopy.read(phases, (long) image * ofImage.length, ofImage, 0, ofImage.length);
      interleave();
      HeapCopy.write(result, 0, result.length, y, (long) image * result.length);
    }
    return true;
  }

  private Weights rearranged(Weights w) {
    int size = Math.multiplyExact(taps * stride * taps * stride, Math.multiplyExact(in, out));
    return oneDnn.derive(
        w,
        "sub-pixel",
        (long) size * Float.BYTES,
        target -> {
          float[] numbers = new float[size];
          new FloatPointer(w.data()).get(numbers);
          new FloatPointer(target).put(rearranged(numbers));
        },
        stride,
        taps,
        in,
        out);
  }

  /** result[u, v, i, (r, q, o)] = w[(taps - 1 - u) stride + r, (taps - 1 - v) stride + q, o, i]. */
  private float[] rearranged(float[] w) {
    float[] to = new float[w.length];
    int kernel = taps * stride;
    int target = 0;
    for (int u = taps - 1; u >= 0; u--) {
      for (int v = taps - 1; v >= 0; v--) {
        for (int i = 0; i < in; i++) {
          for (int phase = 0; phase < stride * stride; phase++) {
            int row = u * stride + phase / stride;
            int column = v * stride + phase % stride;
            for (int o = 0; o < out; o++) {
              to[target++] = w[((row * kernel + column) * out + o) * in + i];
            }
          }
        }
      }
    }
    return to;
  }

  private void repeat(INDArray withBias) {
    float[] once = HeapCopy.floatsOf(withBias);
    for (int phase = 0; phase < stride * stride; phase++) {
      HeapCopy.write(once, 0, out, bias, (long) phase * out);
    }
  }

  /** Puts the results of an image side by side, without the padding. */
  private void interleave() {
    int run = stride * out;
    int place = stride * run;
    for (int row = 0; row < results[0]; row++) {
      int full = row + padding;
      int source = full / stride * places[1] * place + full % stride * run;
      int skip = padding * out;
      source += skip / run * place;
      int offset = skip % run;
      int target = row * results[1] * out;
      int end = target + results[1] * out;
      while (target < end) {
        int length = Math.min(run - offset, end - target);
        for (int i = 0; i < length; i++) {
          result[target + i] = ofImage[source + offset + i];
        }
        target += length;
        source += place;
        offset = 0;
      }
    }
  }
}
