package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * An autoencoder: z = f(x), x' = g(z), trained to make mean((x - x')^2) small (Hinton and
 * Salakhutdinov 2006).
 *
 * <pre>{@code
 * Autoencoder model = Autoencoder.builder()
 *     .encoder(DenseEncoder.images(28, 28, 1).hidden(400))
 *     .decoder(DenseDecoder.images(28, 28, 1).hidden(400))
 *     .dimension(32)
 *     .build();
 * }</pre>
 *
 * <p>Its latents are whatever reconstructs best: there is no distribution to draw new ones from, as
 * there is for a {@link Vae}.
 */
public final class Autoencoder extends LatentModel {
  private final AutoencoderConfig config;

  Autoencoder(AutoencoderConfig config, Encoder encoder, Decoder decoder) {
    super(encoder, decoder);
    this.config = config;
    built();
  }

  /**
   * Starts to describe a model.
   *
   * @return a builder without encoder and decoder
   */
  public static AutoencoderBuilder builder() {
    return new AutoencoderBuilder();
  }

  /**
   * Reads a model that was built from the library's own parts.
   *
   * @param file written by {@link #save}
   * @return a new model
   * @throws IOException if there is no such file, or it is damaged or not such a model; the message
   *     says what is wrong and where
   */
  public static Autoencoder load(Path file) throws IOException {
    ModelFile content = ModelFile.read(file, ModelFile.Model.AUTOENCODER);
    AutoencoderConfig config = content.settings("model", AutoencoderConfig.class);
    return content.build(builder().dimension(config.dimension()).parts(content)::build);
  }

  /**
   * Reads parameters and buffers into a model: the way to load one with layers of one's own.
   *
   * @param file written by {@link #save}
   * @param into a model built like the one that was saved; on an error it is as it was
   * @return that model
   * @throws IOException as {@link #load(Path)}, and if names or shapes differ
   */
  public static Autoencoder load(Path file, Autoencoder into) throws IOException {
    return ModelFile.read(file, ModelFile.Model.AUTOENCODER).fill(into);
  }

  /** Writes the model to a file, from which {@link #load} makes it again. */
  @Override
  public void save(Path file) throws IOException {
    ModelFile.save(file, ModelFile.Model.AUTOENCODER, this);
  }

  @Override
  public AutoencoderConfig config() {
    return config;
  }

  /** The loss of an autoencoder: mean((x - x')^2) / variance, see {@link ReconstructionLoss}. */
  @Override
  public BatchLoss loss(Tensor images, TrainingProgress progress) {
    Tensor centered = images.add(-CENTER);
    Tensor reconstruction = decoder().forward(latents(centered));
    checkSameShape(reconstruction.shape(), images.shape());
    ReconstructionLoss loss = new ReconstructionLoss(progress.variance());
    return new BatchLoss(
        List.of(loss.term(reconstruction, centered)), centered, reconstruction, CodeUsage.none(0));
  }

  @Override
  Tensor latents(Tensor centered) {
    Tensor latents = encoder().forward(centered);
    if (latents.size(-1) != config.dimension()) {
      throw new IllegalArgumentException(
          "Autoencoder: the encoder gave latents "
              + Arrays.toString(latents.shape())
              + ", but the model was built for "
              + config.dimension()
              + " numbers a vector. Give both the same dimension.");
    }
    return checkFinite(ENCODED, latents);
  }

  @Override
  Tensor pixels(Tensor latents) {
    return decoder().forward(latents).add(CENTER);
  }
}
