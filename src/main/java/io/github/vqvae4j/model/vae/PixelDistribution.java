package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Tensor;

/**
 * p(x|z) as a layer, which maps the decoder output to the mean image. A learned Gaussian has the
 * parameter {@code logVariance} [1], the natural logarithm of sigma^2, which is clamped to -30..20.
 */
final class PixelDistribution extends Layer {
  private static final double LOG_2_PI = Math.log(2 * Math.PI);

  private final Likelihood settings;
  private final Parameter logVariance;

  PixelDistribution(Likelihood settings) {
    this.settings = settings;
    logVariance =
        settings.kind() == Likelihood.Kind.LEARNED_GAUSSIAN
            ? parameter("logVariance", new float[] {(float) Math.log(settings.variance())}, 1)
            : null;
  }

  /** Returns the mean image, with pixels in [0, 1] or, for a Gaussian, approximately so. */
  @Override
  protected Tensor compute(Tensor decoded) {
    return settings.kind() == Likelihood.Kind.BERNOULLI
        ? decoded.sigmoid()
        : decoded.add(ModelImages.CENTER);
  }

  /**
   * Returns -log p(x|z) of each image, [b], in nats, including all constants. The images are not
   * centered.
   */
  Tensor negativeLogLikelihood(Tensor decoded, Tensor images) {
    long pixels = images.length() / images.size(0);
    return switch (settings.kind()) {
      case BERNOULLI -> decoded.softplus().sub(images.mul(decoded)).sum(1, 2, 3);
      case GAUSSIAN ->
          squaredErrors(decoded, images)
              .mul(0.5 / settings.variance())
              .add(pixels * (LOG_2_PI + Math.log(settings.variance())) / 2);
      case LEARNED_GAUSSIAN -> {
        Tensor clamped =
            logVariance
                .in(decoded.step())
                .clamp(Posterior.MIN_LOG_VARIANCE, Posterior.MAX_LOG_VARIANCE);
        yield squaredErrors(decoded, images)
            .mul(clamped.neg().exp())
            .add(clamped.add(LOG_2_PI).mul(pixels))
            .mul(0.5);
      }
    };
  }

  /** Returns the sum of squared errors of each image, [b]. */
  private Tensor squaredErrors(Tensor decoded, Tensor images) {
    return forward(decoded).sub(images).square().sum(1, 2, 3);
  }
}
