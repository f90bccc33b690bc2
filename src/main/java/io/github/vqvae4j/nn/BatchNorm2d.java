package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Normalized;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Batch normalization (Ioffe and Szegedy 2015): images [b, h, w, channels] to the same shape,
 * {@code (x - mean) / sqrt(variance + 1e-5) weight + bias} for each channel.
 *
 * <p>In training, mean and variance are those of the batch, and when the step commits, the moving
 * averages follow them: average &lt;- 0.9 average + 0.1 of the batch, the variance's with Bessel's
 * correction, n / (n - 1) for n pixels, as in PyTorch. In inference, the averages take their place.
 *
 * <p>Parameters: {@code weight} [channels], which starts at 1, and {@code bias} [channels], at 0;
 * buffers: {@code running_mean} [channels], which starts at 0, and {@code running_var} [channels],
 * at 1.
 */
public final class BatchNorm2d extends Layer {
  /** The weight of the newest batch in the averages. */
  private static final double MOMENTUM = 0.1;

  private final int channels;
  private final Parameter weight;
  private final Parameter bias;
  private final Buffer runningMean;
  private final Buffer runningVariance;

  /**
   * A normalization.
   *
   * @param channels of the images, at least 1
   */
  public BatchNorm2d(int channels) {
    Norms.check("BatchNorm2d", channels, Norms.EPSILON);
    this.channels = channels;
    weight = parameter("weight", () -> Norms.ones(channels), channels);
    bias = parameter("bias", () -> new float[channels], channels);
    runningMean = buffer("running_mean", () -> new float[channels], channels);
    runningVariance = buffer("running_var", () -> Norms.ones(channels), channels);
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() != 4 || x.size(-1) != channels) {
      throw new IllegalArgumentException(
          "BatchNorm2d: expected images [batch, height, width, "
              + channels
              + "], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    return x.step().isTraining() ? byBatch(x) : byAverages(x);
  }

  private Tensor byBatch(Tensor x) {
    double pixels = (double) x.length() / channels;
    if (pixels < 2) {
      throw new IllegalArgumentException(
          "BatchNorm2d: one pixel has no variance, got "
              + Arrays.toString(x.shape())
              + ": train with larger batches or images.");
    }
    Normalized normalized = x.batchNorm(weight.in(x.step()), bias.in(x.step()), Norms.EPSILON);
    double[] mean = normalized.mean().toDoubles();
    double[] variance = normalized.variance().toDoubles();
    x.step()
        .onCommit(
            () -> {
              follow(runningMean, mean, 1);
              follow(runningVariance, variance, pixels / (pixels - 1));
            },
            runningMean,
            runningVariance);
    return normalized.output();
  }

  private static void follow(Buffer average, double[] ofBatch, double correction) {
    double[] values = average.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (1 - MOMENTUM) * values[i] + MOMENTUM * correction * ofBatch[i];
    }
    average.set(values);
  }

  private Tensor byAverages(Tensor x) {
    Tensor deviation = runningVariance.in(x.step()).add(Norms.EPSILON).sqrt();
    Tensor factor = weight.in(x.step()).div(deviation);
    Tensor shift = bias.in(x.step()).sub(runningMean.in(x.step()).mul(factor));
    Tensor product = x.mul(factor);
    return product.add(shift).releasing(product);
  }
}
