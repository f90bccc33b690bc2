package io.github.vqvae4j.nn;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.Likelihood;
import io.github.vqvae4j.model.vae.Vae;
import java.util.List;

/** Models with continuous latents, and their encoders and decoders. */
final class ConformanceOfModels {
  static final List<Conformance> ALL =
      List.of(
          new Conformance(
              "DenseEncoder",
              rng -> DenseEncoder.images(3, 5, 2).hidden(7, 4).build(3, rng),
              2,
              3,
              5,
              2),
          new Conformance(
              "DenseEncoder, linear",
              rng -> DenseEncoder.images(1, 3, 1).linear().build(2, rng),
              1,
              1,
              3,
              1),
          new Conformance(
              "DenseDecoder", rng -> DenseDecoder.images(3, 5, 2).hidden(4, 7).build(3, rng), 2, 3),
          new Conformance(
              "DenseDecoder, linear",
              rng -> DenseDecoder.images(1, 3, 1).linear().build(2, rng),
              1,
              2),
          new Conformance(
              "ConvVectorEncoder",
              rng ->
                  ConvEncoder.channels(1)
                      .hidden(8)
                      .residual(1, 4)
                      .vector(8, 4)
                      .features(3)
                      .build(2, rng),
              2,
              8,
              4,
              1),
          new Conformance(
              "ConvVectorDecoder",
              rng ->
                  ConvDecoder.channels(1)
                      .hidden(8)
                      .residual(1, 4)
                      .vector(8, 4)
                      .features(3)
                      .build(2, rng),
              2,
              2),
          new Conformance(
              "Autoencoder",
              rng ->
                  Autoencoder.builder()
                      .encoder(DenseEncoder.images(3, 2, 1).hidden(5))
                      .decoder(DenseDecoder.images(3, 2, 1).hidden(5))
                      .dimension(2)
                      .seed(rng.nextLong())
                      .build(),
              2,
              3,
              2,
              1),
          new Conformance(
              "Vae with a latent map",
              rng ->
                  Vae.builder()
                      .encoder(ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2))
                      .decoder(ConvDecoder.channels(1).hidden(4).upsample(1).residual(1, 2))
                      .latent(3, 2, 2)
                      .seed(rng.nextLong())
                      .build(),
              1,
              6,
              4,
              1),
          new Conformance(
              "Vae, Gaussian",
              rng ->
                  Vae.builder()
                      .encoder(DenseEncoder.images(3, 2, 1).hidden(5))
                      .decoder(DenseDecoder.images(3, 2, 1).hidden(5))
                      .latent(2)
                      .likelihood(Likelihood.gaussian(0.1))
                      .seed(rng.nextLong())
                      .build(),
              2,
              3,
              2,
              1));

  private ConformanceOfModels() {}
}
