package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.LatentModel;
import io.github.vqvae4j.model.ModelRegistry;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ModelFile;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An autoencoder: z = f(x), x' = g(z), trained to minimize mean((x - x')^2) (Hinton and
 * Salakhutdinov 2006).
 *
 * <pre>{@code
 * Autoencoder model = Autoencoder.builder()
 *     .encoder(DenseEncoder.images(28, 28, 1).hidden(400))
 *     .decoder(DenseDecoder.images(28, 28, 1).hidden(400))
 *     .dimension(32)
 *     .build();
 * Trainer.of(model).optimizer(Adam.rate(1e-3)).batch(128).steps(5_000).fit(digits.train());
 * Latents latents = model.encode(digits.test());
 * Images reconstructions = model.decode(latents);
 * }</pre>
 *
 * <p>The latents have no prior distribution, so no new images can be sampled; use a {@link Vae} for
 * that.
 */
public final class Autoencoder extends LatentModel {
  private final AutoencoderConfig config;

  Autoencoder(AutoencoderConfig config, Encoder encoder, Decoder decoder) {
    super(encoder, decoder);
    this.config = config;
    markBuilt();
  }

  /**
   * Returns a new builder.
   *
   * @return a builder without encoder and decoder
   */
  public static AutoencoderBuilder builder() {
    return new AutoencoderBuilder();
  }

  /**
   * Loads a model whose encoder and decoder are those of the library or {@linkplain ModelRegistry
   * registered}.
   *
   * @param file a file written by {@link #save}
   * @return a new model
   * @throws IOException if the file does not exist, is corrupt, or is not a file of an autoencoder;
   *     the message names the problem and its location
   */
  public static Autoencoder load(Path file) throws IOException {
    return ModelFile.load(file, Autoencoder.class);
  }

  @Override
  public AutoencoderConfig config() {
    return config;
  }

  /**
   * Computes the loss of an autoencoder, mean((x - x')^2) / variance; see {@link
   * ReconstructionLoss}.
   */
  @Override
  public ImageLoss loss(Tensor images, TrainingProgress progress) {
    Tensor centered = images.add(-ModelImages.CENTER);
    Tensor reconstruction = decoder().forward(latents(centered));
    ModelImages.checkSameShape(this, reconstruction.shape(), images.shape());
    return new ImageLoss(
        reconstructionTerms(reconstruction, centered, progress),
        centered,
        reconstruction,
        List.of(),
        List.of());
  }

  @Override
  protected Tensor latents(Tensor centered) {
    Tensor latents = encoder().forward(centered);
    if (latents.size(-1) != config.dimension()) {
      throw new IllegalArgumentException(
          "Autoencoder: expected an encoder output [.., "
              + config.dimension()
              + "], the dimension of the model, got "
              + Arrays.toString(latents.shape())
              + ". Build encoder and model with the same dimension.");
    }
    return ModelImages.checkFinite(this, ModelImages.ENCODER_OUTPUT, latents);
  }

  @Override
  protected Tensor pixels(Tensor latents) {
    return decoder().forward(latents).add(ModelImages.CENTER);
  }
}
