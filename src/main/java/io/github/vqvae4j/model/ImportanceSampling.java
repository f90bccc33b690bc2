package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Estimates log p(x) under a {@link Vae} with samples from q(z|x), weighted by p(x, z) / q(z|x).
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
    model.checkSome(images);
    model.checkWeights();
    if (samples < 1) {
      throw new IllegalArgumentException(
          "Vae.logLikelihood: expected at least 1 sample, got " + samples + ".");
    }
    ImportanceSampling sampling = new ImportanceSampling(model, samples, rng);
    int part = ImageModel.part((long) images.height() * images.width());
    double[] results = new double[images.size()];
    for (int from = 0, to; from < images.size(); from = to) {
      to = Lengths.end(from, part, images.size());
      double[] some = sampling.logLikelihood(images.range(from, to));
      System.arraycopy(some, 0, results, from, some.length);
    }
    return results;
  }

  /** Of as many images as go through the model at once. */
  private double[] logLikelihood(Dataset images) {
    int count = images.size();
    float[] means;
    float[] logVariances;
    long[] shape;
    try (Step step = Step.inference()) {
      Tensor pixels = ImageModel.pixels(step, images, 0, count);
      Posterior posterior = model.posterior(pixels.add(-ImageModel.CENTER));
      shape = posterior.mean().shape();
      means = posterior.mean().toFloats();
      logVariances = posterior.logVariance().toFloats();
    }
    double[][] logWeights = new double[count][samples];
    int each = means.length / count;
    float[] z = new float[means.length];
    for (int k = 0; k < samples; k++) {
      for (int i = 0; i < z.length; i++) {
        double eps = rng.nextGaussian();
        z[i] = (float) (means[i] + Math.exp(logVariances[i] / 2.0) * eps);
        // log p(z) - log q(z|x); both have the constant -1/2 log 2 pi.
        logWeights[i / each][k] += (eps * eps + logVariances[i] - (double) z[i] * z[i]) / 2;
      }
      try (Step step = Step.inference()) {
        Tensor pixels = ImageModel.pixels(step, images, 0, count);
        double[] negativeLog = model.negativeLog(step.tensor(z, shape), pixels).toDoubles();
        for (int image = 0; image < count; image++) {
          logWeights[image][k] -= negativeLog[image];
        }
      }
    }
    return Arrays.stream(logWeights).mapToDouble(ImportanceSampling::logMeanExp).toArray();
  }

  /** log of the mean of e^x, without overflow. */
  static double logMeanExp(double[] x) {
    double most = Arrays.stream(x).max().orElseThrow();
    double sum = 0;
    for (double value : x) {
      sum += Math.exp(value - most);
    }
    return most + Math.log(sum / x.length);
  }
}
