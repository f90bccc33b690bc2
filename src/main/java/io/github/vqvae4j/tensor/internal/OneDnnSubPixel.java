package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transposed convolution with few output channels, such as the last layer of a decoder, as a
 * sub-pixel convolution (Shi et al. 2016). With stride s and kernel size s r, each of the s s
 * output phases is an r x r convolution of the input. All phases are computed by one convolution
 * with s s times the output channels, and its results are interleaved (pixel shuffle). oneDNN's
 * implementation computes full vectors of channels, most of which would be discarded.
 */
final class OneDnnSubPixel {
  /** The number of output channels at and above which oneDNN's implementation is faster. */
  private static final int CHANNEL_LIMIT = 8;

  private final OneDnn oneDnn;
  private final int stride;
  private final int taps;
  private final int top;
  private final int left;
  private final int in;
  private final int out;
  private final int[] phaseSize;
  private final int[] resultSize;
  private final int phasesLength;
  private final OneDnnConvolution convolution;

  /**
   * Creates the convolution for one set of shapes.
   *
   * @param x the shape of the input
   * @param w the shape of the weights, [kernel, kernel, out, in]
   * @param y the shape of the result
   */
  OneDnnSubPixel(OneDnn oneDnn, long[] x, long[] w, long[] y, ConvOptions options) {
    this.oneDnn = oneDnn;
    stride = options.height().stride();
    top = options.height().before();
    left = options.width().before();
    taps = (int) w[0] / stride;
    out = (int) w[2];
    in = (int) w[3];
    phaseSize = new int[] {(int) x[1] + taps - 1, (int) x[2] + taps - 1};
    resultSize = new int[] {(int) y[1], (int) y[2]};
    phasesLength = (int) phasesLength(x, w, stride);

    long[] weightShape = {taps, taps, in, (long) stride * stride * out};
    long[] phaseShape = {x[0], phaseSize[0], phaseSize[1], (long) stride * stride * out};
    convolution =
        new OneDnnConvolution(oneDnn, x, weightShape, phaseShape, ConvOptions.of(1, taps - 1));
  }

  /**
   * Returns the number of elements computed by the convolution for one image, which is at least
   * that of the result.
   */
  private static long phasesLength(long[] x, long[] w, int stride) {
    long taps = w[0] / stride;
    return (x[1] + taps - 1) * (x[2] + taps - 1) * stride * stride * w[2];
  }

  /** Returns whether a transposed convolution is supported and an image fits into a heap array. */
  static boolean supports(long[] x, long[] w, ConvOptions options) {
    int stride = options.height().stride();
    return w[2] < CHANNEL_LIMIT
        && stride > 1
        && options.width().stride() == stride
        && options.isPlain()
        && w[0] == w[1]
        && w[0] % stride == 0
        && phasesLength(x, w, stride) <= Integer.MAX_VALUE;
  }

  /**
   * Computes y = relu?(transposed convolution of x + bias); returns false if oneDNN has no
   * optimized implementation.
   */
  boolean run(INDArray x, Weights w, INDArray bias, boolean relu, INDArray y) {
    FloatPointer allPhases = ScratchBuffer.FIRST.floats(x.size(0) * phasesLength);
    if (!convolution.forward(x, rearranged(w), repeated(bias), relu, allPhases)) {
      return false;
    }
    float[] imagePhases = new float[phasesLength];
    float[] result = new float[resultSize[0] * resultSize[1] * out];
    for (int image = 0; image < x.size(0); image++) {
      allPhases.getPointer((long) image * phasesLength).get(imagePhases);
      interleave(imagePhases, result);
      HeapCopy.write(result, 0, result.length, y, (long) image * result.length);
    }
    return true;
  }

  /** Returns the bias repeated for each phase, or null if there is none. */
  private Pointer repeated(INDArray bias) {
    if (bias == null) {
      return null;
    }
    float[] values = HeapCopy.floatsOf(bias);
    FloatPointer repeated = ScratchBuffer.SECOND.floats((long) stride * stride * out);
    for (int phase = 0; phase < stride * stride; phase++) {
      repeated.getPointer((long) phase * out).put(values);
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
          float[] values = new float[size];
          new FloatPointer(w.data()).get(values);
          new FloatPointer(target).put(rearranged(values));
        },
        stride,
        taps,
        in,
        out);
  }

  /** result[u, v, i, (r, q, o)] = w[(taps - 1 - u) stride + r, (taps - 1 - v) stride + q, o, i]. */
  private float[] rearranged(float[] w) {
    float[] rearranged = new float[w.length];
    int kernel = taps * stride;
    int target = 0;
    for (int u = taps - 1; u >= 0; u--) {
      for (int v = taps - 1; v >= 0; v--) {
        for (int i = 0; i < in; i++) {
          for (int phase = 0; phase < stride * stride; phase++) {
            int row = u * stride + phase / stride;
            int column = v * stride + phase % stride;
            for (int o = 0; o < out; o++) {
              rearranged[target++] = w[((row * kernel + column) * out + o) * in + i];
            }
          }
        }
      }
    }
    return rearranged;
  }

  /** Interleaves the phases of an image and removes the padding. */
  private void interleave(float[] imagePhases, float[] result) {
    int run = stride * out;
    int phaseLength = stride * run;
    for (int row = 0; row < resultSize[0]; row++) {
      int paddedRow = row + top;
      int source = paddedRow / stride * phaseSize[1] * phaseLength + paddedRow % stride * run;
      int skip = left * out;
      source += skip / run * phaseLength;
      int offset = skip % run;
      int target = row * resultSize[1] * out;
      int end = target + resultSize[1] * out;
      while (target < end) {
        int length = Math.min(run - offset, end - target);
        for (int i = 0; i < length; i++) {
          result[target + i] = imagePhases[source + offset + i];
        }
        target += length;
        source += phaseLength;
        offset = 0;
      }
    }
  }
}
