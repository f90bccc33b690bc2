package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transposed convolution to few channels, such as the last of a decoder, as a plain one (Shi et
 * al. 2016): with stride s and a kernel of s r, each of its s s output pixels that belong to one
 * place is an r x r convolution of the input, so all of them are one convolution to s s times the
 * channels, whose results are then put side by side. oneDNN's own form computes whole vectors of
 * channels, most of which are thrown away.
 */
final class OneDnnSubPixel {
  /** With this many channels or more oneDNN's own form is faster. */
  private static final int CHANNELS = 8;

  private final OneDnn oneDnn;
  private final int stride;
  private final int taps;
  private final int top;
  private final int left;
  private final int in;
  private final int out;
  private final int[] places;
  private final int[] results;
  private final int phases;
  private final OneDnnConvolution convolution;

  /**
   * For one set of shapes.
   *
   * @param x shape of the input
   * @param w shape of the weights, [kernel, kernel, out, in]
   * @param y shape of the result
   */
  OneDnnSubPixel(OneDnn oneDnn, long[] x, long[] w, long[] y, ConvOptions window) {
    this.oneDnn = oneDnn;
    stride = window.height().stride();
    top = window.height().before();
    left = window.width().before();
    taps = (int) w[0] / stride;
    out = (int) w[2];
    in = (int) w[3];
    places = new int[] {(int) x[1] + taps - 1, (int) x[2] + taps - 1};
    results = new int[] {(int) y[1], (int) y[2]};
    phases = (int) phasesOfImage(x, w, stride);

    long[] weightShape = {taps, taps, in, (long) stride * stride * out};
    long[] phaseShape = {x[0], places[0], places[1], (long) stride * stride * out};
    convolution =
        new OneDnnConvolution(oneDnn, x, weightShape, phaseShape, ConvOptions.of(1, taps - 1));
  }

  /** How many numbers the plain convolution makes of an image; the result has no more. */
  private static long phasesOfImage(long[] x, long[] w, int stride) {
    long taps = w[0] / stride;
    return (x[1] + taps - 1) * (x[2] + taps - 1) * stride * stride * w[2];
  }

  /** Whether a transposed convolution is of that kind, and an image small enough for the heap. */
  static boolean suits(long[] x, long[] w, ConvOptions window) {
    int stride = window.height().stride();
    return w[2] < CHANNELS
        && stride > 1
        && window.width().stride() == stride
        && window.isPlain()
        && w[0] == w[1]
        && w[0] % stride == 0
        && phasesOfImage(x, w, stride) <= Integer.MAX_VALUE;
  }

  /** y = relu?(transposed convolution of x + bias); false if oneDNN has no fast code for it. */
  boolean run(INDArray x, Weights w, INDArray bias, boolean relu, INDArray y) {
    FloatPointer all = Scratch.FIRST.floats(x.size(0) * phases);
    if (!convolution.forward(x, rearranged(w), repeated(bias), relu, all)) {
      return false;
    }
    float[] ofImage = new float[phases];
    float[] result = new float[results[0] * results[1] * out];
    for (int image = 0; image < x.size(0); image++) {
      all.getPointer((long) image * phases).get(ofImage);
      interleave(ofImage, result);
      HeapCopy.write(result, 0, result.length, y, (long) image * result.length);
    }
    return true;
  }

  /** The bias once for each phase, or null if there is none. */
  private Pointer repeated(INDArray bias) {
    if (bias == null) {
      return null;
    }
    float[] once = HeapCopy.floatsOf(bias);
    FloatPointer repeated = Scratch.SECOND.floats((long) stride * stride * out);
    for (int phase = 0; phase < stride * stride; phase++) {
      repeated.getPointer((long) phase * out).put(once);
    }
    return repeated;
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

  /** Puts the phases of an image side by side, without the padding. */
  private void interleave(float[] ofImage, float[] result) {
    int run = stride * out;
    int place = stride * run;
    for (int row = 0; row < results[0]; row++) {
      int full = row + top;
      int source = full / stride * places[1] * place + full % stride * run;
      int skip = left * out;
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
