package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Estimates log p(x) of a {@link Vae} by importance sampling: samples from q(z|x), weighted by p(x,
 * z) / q(z|x).
 */
final class ImportanceSampling {
  private final Vae model;
  private final int samples;

  /** Each image has its own random values, so they do not depend on the chunks. */
  private final RngKey key;

  private ImportanceSampling(Vae model, int samples, RngKey key) {
    this.model = model;
    this.samples = samples;
    this.key = key;
  }

  static double[] logLikelihood(Vae model, Dataset images, int samples, Rng rng) {
    ModelImages.checkNotEmpty(model, images);
    model.checkWeights();
    if (samples < 1) {
      throw new IllegalArgumentException(
          "Vae.logLikelihood: expected at least 1 sample, got " + samples + ".");
    }
    ImportanceSampling sampling =
        new ImportanceSampling(model, samples, new RngKey(rng.nextLong(), 0, 0));
    List<double[]> results = new ArrayList<>();
    ImageChunks.forEach(images, sampling::logLikelihood, results::add);
    return results.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  /** Estimates log p(x) of one chunk of images. */
  private double[] logLikelihood(ImageChunks.Chunk chunk) {
    int count = chunk.count();
    float[] means;
    float[] logVariances;
    long[] shape;
    try (Step step = Step.inference()) {
      Posterior posterior = model.posterior(chunk.in(step).add(-ModelImages.CENTER));
      shape = posterior.mean().shape();
      means = posterior.mean().toFloats();
      logVariances = posterior.logVariance().toFloats();
    }
    double[][] logWeights = new double[count][samples];
    int latentSize = means.length / count;
    float[] z = new float[means.length];
    for (int k = 0; k < samples; k++) {
      for (int image = 0; image < count; image++) {
        Rng rng = key.example(k, chunk.from() + image);
        for (int i = image * latentSize; i < (image + 1) * latentSize; i++) {
          double eps = rng.nextGaussian();
          z[i] = (float) (means[i] + Math.exp(logVariances[i] / 2.0) * eps);
          // log p(z) - log q(z|x); the constants -1/2 log 2 pi cancel.
          logWeights[image][k] += (eps * eps + logVariances[i] - (double) z[i] * z[i]) / 2;
        }
      }
      try (Step step = Step.inference()) {
        double[] negativeLog =
            model.negativeLogLikelihood(step.tensor(z, shape), chunk.in(step)).toDoubles();
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
