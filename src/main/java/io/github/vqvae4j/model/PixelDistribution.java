package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Tensor;

/**
 * p(x|z) as a layer: maps what a decoder gave to the mean image. Parameter, if it is learned:
 * {@code logVariance} [1], the natural logarithm of sigma^2, which counts as within -30..20.
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

  /** The mean image, pixels in 0..1 or, for a Gaussian, about there. */
  @Override
  protected Tensor compute(Tensor decoded) {
    return settings.kind() == Likelihood.Kind.BERNOULLI
        ? decoded.sigmoid()
        : decoded.add(ImageModel.CENTER);
  }

  /** -log p(x|z) of each image, [b], in nats, with all constants; the images are not centred. */
  Tensor negativeLog(Tensor decoded, Tensor images) {
    long pixels = images.length() / images.size(0);
    return switch (settings.kind()) {
      case BERNOULLI -> decoded.softplus().sub(images.mul(decoded)).sum(1, 2, 3);
      case GAUSSIAN ->
          squaredErrors(decoded, images)
              .mul(0.5 / settings.variance())
              .add(pixels * (LOG_2_PI + Math.log(settings.variance())) / 2);
      case LEARNED_GAUSSIAN -> {
        Tensor log = logVariance.in(decoded.step()).clamp(Posterior.LEAST, Posterior.MOST);
        yield squaredErrors(decoded, images)
            .mul(log.neg().exp())
            .add(log.add(LOG_2_PI).mul(pixels))
            .mul(0.5);
      }
    };
  }

  /** The sum over each image. */
  private Tensor squaredErrors(Tensor decoded, Tensor images) {
    return forward(decoded).sub(images).square().sum(1, 2, 3);
  }
}
