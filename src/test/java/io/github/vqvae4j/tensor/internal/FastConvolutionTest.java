package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tolerances;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares Winograd and sub-pixel convolutions with GEMM convolutions in double. */
class FastConvolutionTest {
  private static final long SEED = 5;

  private final Arena arena = Arena.acquire();
  private final Kernels fast = new OneDnnKernels();
  private final Kernels reference = new Nd4jKernels();
  private final Rng rng = new Rng(SEED);

  @AfterEach
  void recycle() {
    arena.recycle();
  }

  /** The same values in both precisions. */
  private record Twin(INDArray single, INDArray exact) {}

  private Twin random(double scale, long... shape) {
    INDArray single = arena.allocate(DType.FLOAT, shape);
    float[] values = new float[Math.toIntExact(single.length())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * rng.nextGaussian());
    }
    HeapCopy.write(values, 0, values.length, single, 0);
    INDArray exact = arena.allocate(DType.DOUBLE, shape);
    HeapCopy.write(HeapCopy.doublesOf(single), exact);
    return new Twin(single, exact);
  }

  private static void assertClose(String what, Twin results) {
    double[] expected = HeapCopy.doublesOf(results.exact());
    double[] actual = HeapCopy.doublesOf(results.single());
    double max = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i],
          actual[i],
          Tolerances.FLOAT * Math.max(1, max),
          what + " at " + i + ", seed " + SEED);
    }
  }

  @Test
  void unsupportedOptionsAreDetected() {
    long[] images = {16, 32, 32, 64};
    ConvOptions options = ConvOptions.of(1, 1);
    assertTrue(OneDnnWinograd.supports(images, new long[] {3, 3, 64, 64}, options));
    assertFalse(OneDnnWinograd.supports(images, new long[] {3, 3, 64, 64}, options.dilation(1, 2)));
    assertFalse(OneDnnWinograd.supports(images, new long[] {3, 3, 32, 64}, options.groups(2)));
    ConvOptions asymmetric = options.padding(2, 0, 1, 1);
    assertTrue(OneDnnWinograd.supports(images, new long[] {3, 3, 64, 64}, asymmetric));
    ConvOptions larger = options.padding(2, 1, 1, 1);
    assertFalse(OneDnnWinograd.supports(images, new long[] {3, 3, 64, 64}, larger));
    ConvOptions unequal = options.stride(1, 2);
    assertFalse(OneDnnWinograd.supports(images, new long[] {3, 3, 64, 64}, unequal));
    ConvOptions doubling = ConvOptions.of(2, 1);
    assertTrue(OneDnnSubPixel.supports(images, new long[] {4, 4, 3, 64}, doubling));
    assertFalse(OneDnnSubPixel.supports(images, new long[] {4, 4, 3, 64}, doubling.dilation(2, 1)));
    assertFalse(OneDnnSubPixel.supports(images, new long[] {4, 4, 3, 64}, doubling.groups(2)));
    assertFalse(
        OneDnnSubPixel.supports(images, new long[] {4, 4, 3, 64}, doubling.outputPadding(0, 1)));
  }

  /** One slice and several; height differs from width; channels that are not powers of 2. */
  @ParameterizedTest
  @CsvSource({
    "8, 8, 8, 64, 64, 1",
    "16, 8, 8, 128, 128, 1",
    "24, 8, 16, 64, 96, 1",
    "40, 8, 8, 72, 64, 1",
    "6, 16, 16, 64, 65, 1",
    "32, 4, 4, 64, 64, 1",
    "8, 16, 16, 64, 128, 2",
    "32, 16, 16, 64, 64, 2",
    "24, 8, 24, 72, 65, 2"
  })
  void winograd(int batch, int height, int width, int in, int out, int stride) {
    ConvOptions options = ConvOptions.of(stride, 1);
    int kernel = 2 + stride;
    Twin x = random(1, batch, height, width, in);
    Twin w = random(1 / Math.sqrt(kernel * kernel * in), kernel, kernel, in, out);
    Twin bias = random(1, out);
    Twin dy = random(1, batch, height / stride, width / stride, out);
    assertTrue(OneDnnWinograd.supports(x.single().shape(), w.single().shape(), options));

    for (boolean relu : new boolean[] {false, true}) {
      for (Twin withBias : new Twin[] {null, bias}) {
        Twin y = random(1, batch, height / stride, width / stride, out);
        INDArray b = withBias == null ? null : withBias.single();
        INDArray exactBias = withBias == null ? null : withBias.exact();
        fast.conv2d(
            x.single(), w.single(), VersionStamp.next(), b, null, relu, options, y.single());
        reference.conv2d(
            x.exact(), w.exact(), VersionStamp.next(), exactBias, null, relu, options, y.exact());
        assertClose("result, relu " + relu + ", bias " + (b != null), y);
      }
    }
    Twin dx = random(1, batch, height, width, in);
    Twin dw = random(1, kernel, kernel, in, out);
    Twin db = random(1, out);
    fast.conv2dGradients(
        x.single(),
        w.single(),
        VersionStamp.next(),
        dy.single(),
        options,
        dx.single(),
        dw.single(),
        db.single());
    reference.conv2dGradients(
        x.exact(),
        w.exact(),
        VersionStamp.next(),
        dy.exact(),
        options,
        dx.exact(),
        dw.exact(),
        db.exact());
    assertClose("gradient of the input", dx);
    assertClose("gradient of the weights", dw);
    assertClose("gradient of the bias", db);

    Twin transposedBias = random(1, in);
    for (boolean relu : new boolean[] {false, true}) {
      Twin y = random(1, batch, height, width, in);
      fast.convTranspose2d(
          dy.single(),
          w.single(),
          VersionStamp.next(),
          transposedBias.single(),
          null,
          relu,
          options,
          y.single());
      reference.convTranspose2d(
          dy.exact(),
          w.exact(),
          VersionStamp.next(),
          transposedBias.exact(),
          null,
          relu,
          options,
          y.exact());
      assertClose("transposed, relu " + relu, y);
    }
  }

  /**
   * Too few channels, sizes that are not multiples of 4, too few tiles, other padding or kernels.
   */
  @ParameterizedTest
  @CsvSource({
    "32, 8, 8, 63, 64, 3, 1",
    "32, 8, 8, 64, 32, 3, 1",
    "32, 8, 6, 64, 64, 3, 1",
    "7, 8, 8, 64, 64, 3, 1",
    "32, 8, 8, 64, 64, 3, 0",
    "32, 8, 8, 64, 64, 1, 1",
    "32, 8, 8, 64, 64, 4, 1"
  })
  void winogradDoesNotSupport(
      int batch, int height, int width, int in, int out, int kernel, int padding) {
    long[] x = {batch, height, width, in};
    long[] w = {kernel, kernel, in, out};
    assertFalse(OneDnnWinograd.supports(x, w, ConvOptions.of(1, padding)));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 16, 64, 3, 4, 2, 1",
    "3, 5, 7, 1, 2, 2, 0",
    "1, 1, 3, 2, 4, 2, 1",
    "2, 4, 5, 3, 6, 3, 2",
    "2, 6, 8, 7, 6, 2, 2",
    "1, 3, 4, 3, 4, 4, 0"
  })
  void subPixels(int batch, int size, int in, int out, int kernel, int stride, int padding) {
    ConvOptions options = ConvOptions.of(stride, padding);
    int resultSize = (size - 1) * stride + kernel - 2 * padding;
    Twin x = random(1, batch, size, size + 1, in);
    Twin w = random(1 / Math.sqrt(kernel * kernel * in), kernel, kernel, out, in);
    Twin bias = random(1, out);
    assertTrue(OneDnnSubPixel.supports(x.single().shape(), w.single().shape(), options));
    for (boolean relu : new boolean[] {false, true}) {
      Twin y = random(1, batch, resultSize, resultSize + stride, out);
      fast.convTranspose2d(
          x.single(),
          w.single(),
          VersionStamp.next(),
          bias.single(),
          null,
          relu,
          options,
          y.single());
      reference.convTranspose2d(
          x.exact(), w.exact(), VersionStamp.next(), bias.exact(), null, relu, options, y.exact());
      assertClose("result, relu " + relu, y);
    }
  }

  /** Alternating weights of the same shape: derived weights are recomputed for each stamp. */
  @Test
  void derivedWeightsFollowTheirStamp() {
    ConvOptions options = ConvOptions.of(2, 1);
    Twin x = random(1, 2, 4, 4, 8);
    Twin first = random(1, 4, 4, 3, 8);
    Twin second = random(1, 4, 4, 3, 8);
    long stamp = VersionStamp.next();
    for (Twin w : new Twin[] {first, second, first}) {
      Twin y = random(1, 2, 8, 8, 3);
      fast.convTranspose2d(x.single(), w.single(), stamp++, null, null, false, options, y.single());
      reference.convTranspose2d(
          x.exact(), w.exact(), VersionStamp.next(), null, null, false, options, y.exact());
      assertClose("result", y);
    }
  }
}
