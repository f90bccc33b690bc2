package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.tensor.ConvOptions;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;

/**
 * Chooses the algorithm of a convolution: Winograd ({@link OneDnnWinograd}), sub-pixel ({@link
 * OneDnnSubPixel}) or oneDNN's implementation ({@link OneDnnConvolution}). Each is created once per
 * thread, number of OpenMP threads and set of shapes. Methods return false, without computing
 * anything, if oneDNN has only a reference implementation.
 */
final class OneDnnConvolutions {
  private static final Logger LOG = Log.of(OneDnnConvolutions.class);

  private OneDnnConvolutions() {}

  static boolean conv2d(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y) {
    OneDnnWinograd winograd = residual == null ? winograd(x, weight, options) : null;
    if (winograd != null) {
      winograd.forward(x, Weights.of(weight, stamp), bias, relu, y);
      return true;
    }
    return direct(x, weight, y, options)
        .forward(x, Weights.of(weight, stamp), bias, residual, relu, y);
  }

  static boolean inputGradient(
      INDArray x, INDArray weight, long stamp, INDArray dy, ConvOptions options, INDArray dx) {
    OneDnnWinograd winograd = winograd(x, weight, options);
    if (winograd != null) {
      winograd.transposed(dy, Weights.of(weight, stamp), null, false, dx);
      return true;
    }
    return direct(x, weight, dy, options).inputGradient(dy, Weights.of(weight, stamp), dx);
  }

  /** Computes the gradients of the weights and, unless it is null, of the bias. */
  static boolean weightGradient(
      INDArray x,
      INDArray weight,
      INDArray dy,
      ConvOptions options,
      INDArray dWeight,
      INDArray dBias) {
    OneDnnWinograd winograd =
        dBias == null || FloatLoops.supportsRowLength(dBias.length())
            ? winograd(x, weight, options)
            : null;
    if (winograd != null) {
      winograd.weightGradient(x, dy, dWeight);
      if (dBias != null) {
        FloatLoops.sumRows(dy, (int) dBias.length(), dBias);
      }
      return true;
    }
    return direct(x, weight, dy, options).weightGradient(x, dy, dWeight, dBias);
  }

  static boolean transposed(
      INDArray x,
      INDArray weight,
      long stamp,
      INDArray bias,
      INDArray residual,
      boolean relu,
      ConvOptions options,
      INDArray y) {
    if (residual == null
        && OneDnnSubPixel.supports(x.shape(), weight.shape(), options)
        && subPixel(x, weight, y, options).run(x, Weights.of(weight, stamp), bias, relu, y)) {
      return true;
    }
    // The transpose of the convolution whose images are our results and whose results are our
    // images.
    OneDnnWinograd winograd =
        residual == null && (bias != null || !relu) ? winograd(y, weight, options) : null;
    if (winograd != null) {
      winograd.transposed(x, Weights.of(weight, stamp), bias, relu, y);
      return true;
    }
    return direct(y, weight, x, options)
        .transposed(x, Weights.of(weight, stamp), bias, residual, relu, y);
  }

  /** Returns the Winograd convolution, or null if it does not support the arguments. */
  private static OneDnnWinograd winograd(INDArray images, INDArray weight, ConvOptions options) {
    long[] x = images.shape();
    long[] w = weight.shape();
    if (!OneDnnWinograd.supports(x, w, options)) {
      return null;
    }
    OneDnnWinograd winograd =
        OneDnn.get()
            .cached(
                "winograd",
                o -> {
                  log("Winograd", x, w, options);
                  return new OneDnnWinograd(o, x, w, options);
                },
                OneDnnWinograd.class,
                OneDnnKernels.cacheKey(0, x, w, geometry(options)));
    return winograd.isUsable() ? winograd : null;
  }

  private static OneDnnSubPixel subPixel(
      INDArray image, INDArray weight, INDArray result, ConvOptions options) {
    long[] x = image.shape();
    long[] w = weight.shape();
    long[] y = result.shape();
    return OneDnn.get()
        .cached(
            "sub-pixel",
            o -> {
              log("sub-pixel", x, w, options);
              return new OneDnnSubPixel(o, x, w, y, options);
            },
            OneDnnSubPixel.class,
            OneDnnKernels.cacheKey(0, x, w, y, geometry(options)));
  }

  private static OneDnnConvolution direct(
      INDArray image, INDArray weight, INDArray result, ConvOptions options) {
    long[] x = image.shape();
    long[] w = weight.shape();
    long[] y = result.shape();
    return OneDnn.get()
        .cached(
            "convolution",
            o -> new OneDnnConvolution(o, x, w, y, options),
            OneDnnConvolution.class,
            OneDnnKernels.cacheKey(0, x, w, y, geometry(options)));
  }

  /** Returns all options as a cache key. */
  static long[] geometry(ConvOptions options) {
    ConvOptions.Axis h = options.height();
    ConvOptions.Axis w = options.width();
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
      options.groups()
    };
  }

  private static void log(String algorithm, long[] images, long[] weights, ConvOptions options) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "Convolution of {} with {}, {}: {}.",
          Arrays.toString(images),
          Arrays.toString(weights),
          options,
          algorithm);
    }
  }
}
