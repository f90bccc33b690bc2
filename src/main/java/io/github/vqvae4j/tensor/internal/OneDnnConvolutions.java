package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the algorithm of a convolution: Winograd's ({@link OneDnnWinograd}), sub-pixels ({@link
 * OneDnnSubPixel}) or oneDNN's own code ({@link OneDnnConvolution}). Each is built once for a
 * thread, its number of OpenMP threads and a set of shapes. A method returns false where oneDNN
 * would run its reference code; nothing was computed then.
 */
final class OneDnnConvolutions {
  private static final Logger LOG = LoggerFactory.getLogger(OneDnnConvolutions.class);

  private OneDnnConvolutions() {}

  static boolean conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions window,
      INDArray y) {
    OneDnnWinograd winograd = residual == null ? winograd(x, weight, window) : null;
    if (winograd != null) {
      winograd.forward(x, Weights.of(weight, stamp), bias, relu, y);
      return true;
    }
    return direct(x, weight, y, window)
        .forward(x, Weights.of(weight, stamp), bias, residual, relu, y);
  }

  static boolean inputGradient(
      INDArray x, INDArray weight, long stamp, INDArray dy, ConvOptions window, INDArray dx) {
    OneDnnWinograd winograd = winograd(x, weight, window);
    if (winograd != null) {
      winograd.back(dy, Weights.of(weight, stamp), null, false, dx);
      return true;
    }
    return direct(x, weight, dy, window).inputGradient(dy, Weights.of(weight, stamp), dx);
  }

  /** The gradients of the weights and, unless it is null, of the bias. */
  static boolean weightGradient(
      INDArray x,
      INDArray weight,
      INDArray dy,
      ConvOptions window,
      INDArray dWeight,
      INDArray dBias) {
    OneDnnWinograd winograd =
        dBias == null || FloatLoops.takesRowsOf(dBias.length())
            ? winograd(x, weight, window)
            : null;
    if (winograd != null) {
      winograd.weightGradient(x, dy, dWeight);
      if (dBias != null) {
        FloatLoops.sumRows(dy, (int) dBias.length(), dBias);
      }
      return true;
    }
    return direct(x, weight, dy, window).weightGradient(x, dy, dWeight, dBias);
  }

  static boolean transposed(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions window,
      INDArray y) {
    if (residual == null
        && OneDnnSubPixel.suits(x.shape(), weight.shape(), window)
        && subPixel(x, weight, y, window).run(x, Weights.of(weight, stamp), bias, relu, y)) {
      return true;
    }
    // It is the convolution whose images are our results and whose results are our images.
    OneDnnWinograd winograd =
        residual == null && (bias != null || !relu) ? winograd(y, weight, window) : null;
    if (winograd != null) {
      winograd.back(x, Weights.of(weight, stamp), bias, relu, y);
      return true;
    }
    return direct(y, weight, x, window)
        .transposed(x, Weights.of(weight, stamp), bias, residual, relu, y);
  }

  /** Null if it is not for this convolution. */
  private static OneDnnWinograd winograd(INDArray images, INDArray weight, ConvOptions window) {
    long[] x = images.shape();
    long[] w = weight.shape();
    if (!OneDnnWinograd.suits(x, w, window)) {
      return null;
    }
    OneDnnWinograd winograd =
        OneDnn.get()
            .cached(
                "winograd",
                o -> {
                  log("Winograd", x, w, window);
                  return new OneDnnWinograd(o, x, w, window);
                },
                OneDnnWinograd.class,
                OneDnnKernels.numbers(0, x, w, geometry(window)));
    return winograd.isUsable() ? winograd : null;
  }

  private static OneDnnSubPixel subPixel(
      INDArray image, INDArray weight, INDArray result, ConvOptions window) {
    long[] x = image.shape();
    long[] w = weight.shape();
    long[] y = result.shape();
    return OneDnn.get()
        .cached(
            "sub-pixel",
            o -> {
              log("sub-pixels", x, w, window);
              return new OneDnnSubPixel(o, x, w, y, window);
            },
            OneDnnSubPixel.class,
            OneDnnKernels.numbers(0, x, w, y, geometry(window)));
  }

  private static OneDnnConvolution direct(
      INDArray image, INDArray weight, INDArray result, ConvOptions window) {
    long[] x = image.shape();
    long[] w = weight.shape();
    long[] y = result.shape();
    return OneDnn.get()
        .cached(
            "convolution",
            o -> new OneDnnConvolution(o, x, w, y, window),
            OneDnnConvolution.class,
            OneDnnKernels.numbers(0, x, w, y, geometry(window)));
  }

  /** All numbers of a window. */
  static long[] geometry(ConvOptions window) {
    ConvOptions.Axis h = window.height();
    ConvOptions.Axis w = window.width();
    return new long[] {
      h.stride(),
      w.stride(),
      h.before(),
      w.before(),
      h.after(),
      w.after(),
      h.dilation(),
      w.dilation(),
      h.outputPadding(),
      w.outputPadding(),
      window.groups()
    };
  }

  private static void log(String algorithm, long[] images, long[] weights, ConvOptions window) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "Convolution of {} with {}, {}: {}.",
          Arrays.toString(images),
          Arrays.toString(weights),
          window,
          algorithm);
    }
  }
}
