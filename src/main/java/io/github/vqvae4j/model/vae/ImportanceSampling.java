package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Estimates log p(x) of a {@link Vae} by importance sampling: samples from q(z|x), weighted by p(x,
 * z) / q(z|x).
 */
final class ImportanceSampling {
  private final Vae model;
  private final int samples;
  private final Rng rng;

  private ImportanceSampling(Vae model, int samples, Rng rng) {
    this.model = model;
    this.samples = samples;
    this.rng = rng;
  }

  static double[] logLikelihood(Vae model, Dataset images, int samples, Rng rng) {
    ModelImages.checkNotEmpty(model, images);
    model.checkWeights();
    if (samples < 1) {
      throw new IllegalArgumentException(
          "Vae.logLikelihood: expected at least 1 sample, got " + samples + ".");
    }
    ImportanceSampling sampling = new ImportanceSampling(model, samples, rng);
    int chunk = ModelImages.chunkSize((long) images.height() * images.width());
    double[] results = new double[images.size()];
    for (int from = 0, to; from < images.size(); from = to) {
      to = ArrayLengths.chunkEnd(from, chunk, images.size());
      double[] estimates = sampling.logLikelihood(images.range(from, to));
      System.arraycopy(estimates, 0, results, from, estimates.length);
    }
    return results;
  }

  /** Estimates log p(x) of one chunk of images. */
  private double[] logLikelihood(Dataset images) {
    int count = images.size();
    float[] means;
    float[] logVariances;
    long[] shape;
    try (Step step = Step.inference()) {
      Tensor pixels = ModelImages.pixels(step, images, 0, count);
      Posterior posterior = model.posterior(pixels.add(-ModelImages.CENTER));
      shape = posterior.mean().shape();
      means = posterior.mean().toFloats();
      logVariances = posterior.logVariance().toFloats();
    }
    double[][] logWeights = new double[count][samples];
    int latentSize = means.length / count;
    float[] z = new float[means.length];
    for (int k = 0; k < samples; k++) {
      for (int i = 0; i < z.length; i++) {
        double eps = rng.nextGaussian();
        z[i] = (float) (means[i] + Math.exp(logVariances[i] / 2.0) * eps);
        // log p(z) - log q(z|x); the constants -1/2 log 2 pi cancel.
        logWeights[i / latentSize][k] += (eps * eps + logVariances[i] - (double) z[i] * z[i]) / 2;
      }
      try (Step step = Step.inference()) {
        Tensor pixels = ModelImages.pixels(step, images, 0, count);
        double[] negativeLog =
            model.negativeLogLikelihood(step.tensor(z, shape), pixels).toDoubles();
        for (int image = 0; image < count; image++) {
          logWeights[image][k] -= negativeLog[image];
        }
      }
    }
    return Arrays.stream(logWeights).mapToDouble(ImportanceSampling::logMeanExp).toArray();
  }

  /** Returns log(mean(e^x)) without overflow. */
  static double logMeanExp(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double sum = 0;
    for (double value : x) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum / x.length);
  }
}
