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
 * What all convolutions have: their settings, weights, and perhaps a bias. With {@link
 * ConvConfig#weightNorm} {@code weight} is made of {@code weight_v}, of its shape, and {@code
 * weight_g}, of the size of its last axis.
 */
public abstract sealed class Convolution extends Layer
    permits Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d {
  /** A kind of convolution, for layers that there are of each: {@code Conv1d::new}. */
  @FunctionalInterface
  public interface Kind {
    /**
     * Makes a convolution.
     *
     * @param config its settings
     * @param rng where the weights are drawn from
     * @return a new layer
     */
    Convolution of(ConvConfig config, Rng rng);
  }

  private final Form form;
  private final ConvConfig config;
  private final ConvOptions options;

  /** Of the inputs. */
  private final int rank;

  private final boolean stridesMustFit;

  /** By the kernel's pixels; null if there is none. */
  private final float[] mask;

  private final Parameter weight;
  private final Parameter bias;

  /** What is convolved with; null if it is the weight itself. */
  private final Parametrization made;

  /**
   * Makes the weights: [kernel.., in / groups, out], or [kernel.., out / groups, in] if transposed.
   *
   * @param kernel its size along each axis
   * @throws IllegalArgumentException if it has a mask and is transposed or no pixel is left, or is
   *     to be causal and of images
   */
  Convolution(Form form, ConvConfig config, Rng rng, int... kernel) {
    this.form = form;
    this.config = config;
    boolean transposed = form == Form.CONV_TRANSPOSE_1D || form == Form.CONV_TRANSPOSE_2D;
    options =
        config
            .padding()
            .of(config.options(), config.kernelHeight(), config.kernelWidth(), transposed);
    rank = kernel.length + 2;
    stridesMustFit = config.padding() == ConvPadding.SAME && !transposed;
    checkSettings(transposed);
    mask = mask(kernel);
    int inOfGroup = config.in() / options.groups();
    int outOfGroup = config.out() / options.groups();
    long[] shape = new long[rank];
    long kernelSize = 1;
    for (int i = 0; i < kernel.length; i++) {
      shape[i] = kernel[i];
      kernelSize *= kernel[i];
    }
    shape[kernel.length] = transposed ? outOfGroup : inOfGroup;
    shape[kernel.length + 1] = transposed ? config.in() : config.out();

    Initializer initializer = config.initializer();
    long inputs = kernelSize * inOfGroup;
    long outputs = kernelSize * outOfGroup;
    // PyTorch takes a transposed convolution's fan_in from its output channels.
    long fanIn = transposed && initializer == Initializer.TORCH ? outputs : inputs;
    weight =
        parameter(
            config.weightNorm() ? "weight_v" : "weight",
            () -> initializer.weights(rng, fanIn, outputs, inputs * config.out()),
            shape);
    int last = (int) shape[rank - 1];
    Parameter gain = config.weightNorm() ? parameter("weight_g", () -> norms(last), last) : null;
    made = made(gain);
    bias =
        config.bias()
            ? parameter("bias", () -> initializer.biases(rng, fanIn, config.out()), config.out())
            : null;
  }

  private void checkSettings(boolean transposed) {
    if (transposed && config.mask() != ConvMask.NONE) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected no mask, which is of convolutions that are not transposed, got "
              + config.mask()
              + ".");
    }
    if (rank > 3 && config.padding() == ConvPadding.CAUSAL) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected padding other than CAUSAL, which is of sequences. Say by a mask which"
              + " pixels a result may depend on.");
    }
  }

  /** Of sequences the rows do not count. */
  private float[] mask(int... kernel) {
    if (config.mask() == ConvMask.NONE) {
      return null;
    }
    return kernel.length == 1
        ? config.mask().of(1, kernel[0], options.padding(0, 0, options.width().before(), 0))
        : config.mask().of(kernel[0], kernel[1], options);
  }

  /** The weight with mask and norm; null if it has neither. */
  private Parametrization made(Parameter gain) {
    if (gain != null) {
      return new Parametrization(List.of(weight, gain), t -> masked(t.get(0)).weightNorm(t.get(1)));
    }
    return mask == null ? null : new Parametrization(weight, this::masked);
  }

  private Tensor masked(Tensor of) {
    if (mask == null) {
      return of;
    }
    long[] shape = of.shape();
    Arrays.fill(shape, shape.length - 2, shape.length, 1);
    return of.mul(of.step().tensor(mask, shape).to(of.dtype()));
  }

  /** The norms that the weights start with, so that these start as without normalization. */
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
    return convolve(x, null);
  }

  /** The convolution and a residual sum in one pass: relu?(x * weight + bias + residual). */
  final Tensor addTo(Tensor residual, Tensor x) {
    return within(x.step(), () -> convolve(x, residual));
  }

  private Tensor convolve(Tensor x, Tensor residual) {
    if (stridesMustFit && x.rank() == rank) {
      checkDivisible(x);
    }
    Tensor factor = made == null ? weight.in(x.step()) : made.in(x.step());
    Tensor addend = bias == null ? null : bias.in(x.step());
    return FusedConvolution.of(form, x, factor, addend, residual, config.relu(), options);
  }

  private void checkDivisible(Tensor x) {
    boolean fits =
        x.size(-2) % options.width().stride() == 0
            && (rank == 3 || x.size(-3) % options.height().stride() == 0);
    if (!fits) {
      throw new IllegalArgumentException(
          this
              + ": with padding SAME expected sizes that the stride divides, got "
              + Arrays.toString(x.shape())
              + " with "
              + options
              + ". Pad the input, or say the padding of each side.");
    }
  }
}
