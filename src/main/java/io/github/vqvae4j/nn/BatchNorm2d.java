package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.NormalizationResult;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Batch normalization (Ioffe and Szegedy 2015): images [b, h, w, channels] to the same shape,
 * {@code (x - mean) / sqrt(variance + epsilon) weight + bias} for each channel.
 *
 * <p>In training, mean and variance are those of the batch, and when the step commits, the moving
 * averages follow them: average &lt;- (1 - momentum) average + momentum of the batch, the
 * variance's with Bessel's correction, n / (n - 1) for n pixels, as in PyTorch. In inference, and
 * in {@linkplain #eval evaluation mode}, the averages take their place. If the layer is {@linkplain
 * #freeze frozen}, the averages stay as they are, but a training step still normalizes by the
 * batch.
 *
 * <p>Parameters: {@code weight} [channels], which starts at 1, and {@code bias} [channels], at 0,
 * neither if it is not {@linkplain BatchNormConfig#affine() affine}; buffers: {@code running_mean}
 * [channels], which starts at 0, and {@code running_var} [channels], at 1.
 */
public final class BatchNorm2d extends Normalization {
  private final double epsilon;
  private final double momentum;
  private final Buffer runningMean;
  private final Buffer runningVariance;

  /**
   * A normalization with PyTorch's defaults.
   *
   * @param channels of the images, at least 1
   */
  public BatchNorm2d(int channels) {
    this(BatchNormConfig.of(channels));
  }

  /**
   * A normalization.
   *
   * @param config its settings
   */
  public BatchNorm2d(BatchNormConfig config) {
    super(config.channels(), config.affine());
    epsilon = config.epsilon();
    momentum = config.momentum();
    int channels = config.channels();
    runningMean = buffer("running_mean", () -> repeated(0, channels), channels);
    runningVariance = buffer("running_var", () -> repeated(1, channels), channels);
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() != 4 || x.size(-1) != channels()) {
      throw new IllegalArgumentException(
          "BatchNorm2d: expected images [batch, height, width, "
              + channels()
              + "], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    return isTraining(x.step()) ? byBatch(x) : byAverages(x);
  }

  private Tensor byBatch(Tensor x) {
    double pixels = (double) x.length() / channels();
    if (pixels < 2) {
      throw new IllegalArgumentException(
          "BatchNorm2d: one pixel has no variance, got "
              + Arrays.toString(x.shape())
              + ": train with larger batches or images.");
    }
    NormalizationResult normalized =
        isAffine() ? x.batchNorm(weight(x), bias(x), epsilon) : x.batchNorm(epsilon);
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

  private void follow(Buffer average, double[] ofBatch, double correction) {
    double[] values = average.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (1 - momentum) * values[i] + momentum * correction * ofBatch[i];
    }
    average.set(values);
  }

  private Tensor byAverages(Tensor x) {
    Tensor deviation = runningVariance.in(x.step()).add(epsilon).sqrt();
    if (!isAffine()) {
      Tensor difference = x.sub(runningMean.in(x.step()));
      return difference.div(deviation).release(difference);
    }
    Tensor factor = weight(x).div(deviation);
    Tensor shift = bias(x).sub(runningMean.in(x.step()).mul(factor));
    Tensor product = x.mul(factor);
    return product.add(shift).release(product);
  }
}
