package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.NormalizationResult;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Batch normalization (Ioffe and Szegedy 2015). Maps images [b, h, w, channels] to the same shape:
 * {@code (x - mean) / sqrt(variance + epsilon) * weight + bias} for each channel.
 *
 * <p>In training, mean and variance are those of the batch; of the whole batch if several workers
 * compute shares of it. When the step commits, the moving averages are updated: average &lt;- (1 -
 * momentum) average + momentum value. The moving variance uses the unbiased estimate, n / (n - 1)
 * times the batch variance for n pixels. If a training step accumulates several batches, each of
 * them is normalized with its own statistics, and updates the averages in turn; if a pass applies
 * the layer repeatedly, those of all first applications precede those of the second. Except for
 * that order, all of this is as in PyTorch. Training requires at least 2 values per channel in the
 * batch. In inference, and in {@linkplain #eval evaluation mode}, the moving averages are used
 * instead. If the layer is {@linkplain #freeze frozen}, the averages are not updated, but a
 * training step still normalizes with the batch statistics.
 *
 * <p>Parameters: {@code weight} [channels], initially 1, and {@code bias} [channels], initially 0;
 * neither exists if the layer is not {@linkplain BatchNormConfig#affine() affine}. Buffers: {@code
 * running_mean} [channels], initially 0, and {@code running_var} [channels], initially 1.
 */
public final class BatchNorm2d extends Normalization {
  /** The statistics of a batch, for each channel, and the number of values of a channel. */
  private record Statistics(double[] mean, double[] variance, double count) {}

  private final double epsilon;
  private final double momentum;
  private final Buffer runningMean;
  private final Buffer runningVariance;

  /**
   * Creates a layer with PyTorch's defaults.
   *
   * @param channels the number of image channels, at least 1
   */
  public BatchNorm2d(int channels) {
    this(BatchNormConfig.of(channels));
  }

  /**
   * Creates a layer.
   *
   * @param config the settings
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
    return isTraining(x.step()) ? normalizeByBatch(x) : normalizeByAverages(x);
  }

  private Tensor normalizeByBatch(Tensor x) {
    NormalizationResult normalized =
        isAffine() ? x.batchNorm(weight(x), bias(x), epsilon) : x.batchNorm(epsilon);
    if (normalized.count() < 2) {
      throw new IllegalArgumentException(
          "BatchNorm2d: expected at least 2 values per channel in training, got "
              + Arrays.toString(x.shape())
              + ". Train with larger batches or images.");
    }
    double[] mean = normalized.mean().toDoubles();
    double[] variance = normalized.variance().toDoubles();
    Statistics ofBatch = new Statistics(mean, variance, normalized.count());
    // All workers know the statistics of the whole batch; one of them registers them.
    List<Statistics> statistics =
        x.step().workers().rank() == 0 ? List.of(ofBatch) : List.<Statistics>of();
    x.step()
        .onCommit(
            statistics,
            (first, second) -> Stream.concat(first.stream(), second.stream()).toList(),
            batches -> batches.forEach(this::updateAverages),
            runningMean,
            runningVariance);
    return normalized.output();
  }

  private void updateAverages(Statistics batch) {
    updateAverage(runningMean, batch.mean, 1);
    updateAverage(runningVariance, batch.variance, batch.count / (batch.count - 1));
  }

  private void updateAverage(Buffer average, double[] batchStatistic, double correction) {
    double[] values = average.toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = (1 - momentum) * values[i] + momentum * correction * batchStatistic[i];
    }
    average.set(values);
  }

  private Tensor normalizeByAverages(Tensor x) {
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
