package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Parametrization;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.Arrays;
import java.util.List;

/**
 * The base class of convolution layers, with a weight and an optional bias. With {@link
 * ConvConfig#weightNorm}, {@code weight} is computed from {@code weight_v}, which has the same
 * shape, and {@code weight_g}, which has the size of its last axis.
 */
public abstract sealed class Convolution extends Layer
    permits Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d {
  /**
   * A factory of convolutions, for layers that support both images and sequences: {@code
   * Conv2d::new} or {@code Conv1d::new}.
   */
  @FunctionalInterface
  public interface Factory {
    /**
     * Creates a convolution.
     *
     * @param config the settings
     * @param rng the random number generator for the initial weights
     * @return a new layer
     */
    Convolution create(ConvConfig config, Rng rng);
  }

  private final Form form;
  private final ConvConfig config;
  private final ConvOptions options;

  /** The rank of the input. */
  private final int rank;

  private final boolean requiresDivisibleSize;

  /** A factor for each kernel position; null without a mask. */
  private final float[] mask;

  private final Parameter weight;
  private final Parameter bias;

  /** The masked and normalized weight; null if the weight is used directly. */
  private final Parametrization effectiveWeight;

  /**
   * Creates the weight: [kernel.., in / groups, out], or [kernel.., out / groups, in] if
   * transposed.
   *
   * @param kernel the kernel size along each axis
   * @throws IllegalArgumentException if a transposed convolution has a mask, the mask removes all
   *     pixels, or causal padding is used with images
   */
  Convolution(Form form, ConvConfig config, Rng rng, int... kernel) {
    this.form = form;
    this.config = config;
    boolean transposed = form == Form.CONV_TRANSPOSE_1D || form == Form.CONV_TRANSPOSE_2D;
    options =
        config
            .padding()
            .resolve(config.options(), config.kernelHeight(), config.kernelWidth(), transposed);
    rank = kernel.length + 2;
    requiresDivisibleSize = config.padding() == ConvPadding.SAME && !transposed;
    checkSettings(transposed);
    mask = mask(kernel);
    int inPerGroup = config.in() / options.groups();
    int outPerGroup = config.out() / options.groups();
    long[] shape = new long[rank];
    long kernelSize = 1;
    for (int i = 0; i < kernel.length; i++) {
      shape[i] = kernel[i];
      kernelSize *= kernel[i];
    }
    shape[kernel.length] = transposed ? outPerGroup : inPerGroup;
    shape[kernel.length + 1] = transposed ? config.in() : config.out();

    Initializer initializer = config.initializer();
    long inputs = kernelSize * inPerGroup;
    long outputs = kernelSize * outPerGroup;
    // PyTorch computes a transposed convolution's fan_in from its output channels.
    long fanIn = transposed && initializer == Initializer.TORCH ? outputs : inputs;
    weight =
        parameter(
            config.weightNorm() ? "weight_v" : "weight",
            () -> initializer.weights(rng, fanIn, outputs, inputs * config.out()),
            shape);
    int last = (int) shape[rank - 1];
    Parameter gain = config.weightNorm() ? parameter("weight_g", () -> norms(last), last) : null;
    effectiveWeight = effectiveWeight(gain);
    bias =
        config.bias()
            ? parameter("bias", () -> initializer.biases(rng, fanIn, config.out()), config.out())
            : null;
  }

  private void checkSettings(boolean transposed) {
    if (transposed && config.mask() != ConvMask.NONE) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected no mask, which transposed convolutions do not support, got "
              + config.mask()
              + ".");
    }
    if (rank > 3 && config.padding() == ConvPadding.CAUSAL) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected padding SAME or EXPLICIT, got CAUSAL, which is for sequences only. Use a"
              + " mask to restrict the pixels an output may depend on.");
    }
  }

  /**
   * Returns the mask's factors. For sequences, the kernel is a single row without vertical padding.
   */
  private float[] mask(int... kernel) {
    if (config.mask() == ConvMask.NONE) {
      return null;
    }
    return kernel.length == 1
        ? config.mask().factors(1, kernel[0], options.padding(0, 0, options.width().before(), 0))
        : config.mask().factors(kernel[0], kernel[1], options);
  }

  /** Returns the masked and normalized weight, or null if neither applies. */
  private Parametrization effectiveWeight(Parameter gain) {
    if (gain != null) {
      return new Parametrization(List.of(weight, gain), t -> masked(t.get(0)).weightNorm(t.get(1)));
    }
    return mask == null ? null : new Parametrization(weight, this::masked);
  }

  private Tensor masked(Tensor unmasked) {
    if (mask == null) {
      return unmasked;
    }
    long[] shape = unmasked.shape();
    Arrays.fill(shape, shape.length - 2, shape.length, 1);
    return unmasked.mul(unmasked.step().tensor(mask, shape).to(unmasked.dtype()));
  }

  /** Returns the norms of the initial weights, so that normalization does not change them. */
  private float[] norms(int columns) {
    float[] values = weight.toFloats();
    double[] squares = new double[columns];
    for (int i = 0; i < values.length; i++) {
      double factor = mask == null ? 1 : mask[(int) ((long) i * mask.length / values.length)];
      squares[i % columns] += factor * values[i] * values[i];
    }
    float[] norms = new float[columns];
    for (int i = 0; i < columns; i++) {
      norms[i] = (float) Math.sqrt(squares[i]);
    }
    return norms;
  }

  @Override
  protected final Tensor compute(Tensor x) {
    return convolve(x, null, options);
  }

  /** Computes the convolution with padding of the columns only. */
  final Tensor withoutRowPadding(Tensor x) {
    ConvOptions columns = options.padding(0, 0, options.width().before(), options.width().after());
    return within(x.step(), () -> convolve(x, null, columns));
  }

  /** Computes a convolution fused with a residual addition: relu?(x * weight + bias + residual). */
  final Tensor addTo(Tensor residual, Tensor x) {
    return within(x.step(), () -> convolve(x, residual, options));
  }

  private Tensor convolve(Tensor x, Tensor residual, ConvOptions applied) {
    if (requiresDivisibleSize && x.rank() == rank) {
      checkDivisible(x);
    }
    Tensor w = effectiveWeight == null ? weight.in(x.step()) : effectiveWeight.in(x.step());
    Tensor b = bias == null ? null : bias.in(x.step());
    return FusedConvolution.of(form, x, w, b, residual, config.relu(), applied);
  }

  private void checkDivisible(Tensor x) {
    boolean divisible =
        x.size(-2) % options.width().stride() == 0
            && (rank == 3 || x.size(-3) % options.height().stride() == 0);
    if (!divisible) {
      throw new IllegalArgumentException(
          this
              + ": expected sizes divisible by the stride with padding SAME, got "
              + Arrays.toString(x.shape())
              + " with "
              + options
              + ". Pad the input, or set the padding explicitly.");
    }
  }
}
