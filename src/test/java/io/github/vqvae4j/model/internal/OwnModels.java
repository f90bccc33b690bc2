package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.LatentModel;
import io.github.vqvae4j.model.ModelRegistry;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program with an encoder and a model of its own: registers them, saves models and loads them.
 * Each is registered once per process, before the first load, so tests run this in a process.
 */
public final class OwnModels {
  private static final Dataset IMAGES = Shapes.rectangles(3, 8, 1, 1);

  private OwnModels() {}

  /** An encoder of single pixels. */
  static final class PixelEncoder extends Encoder {
    /** The settings. */
    record Config(int channels, double scale) implements Encoder.Config {
      @Override
      public PixelEncoder build(int dimension, Rng rng) {
        return new PixelEncoder(this, dimension, rng);
      }
    }

    private final Config config;
    private final Linear project;

    PixelEncoder(Config config, int dimension, Rng rng) {
      this.config = config;
      project = child("project", new Linear(config.channels(), dimension, rng));
    }

    @Override
    protected Tensor compute(Tensor images) {
      return project.forward(images).mul(config.scale());
    }

    @Override
    public Optional<Encoder.Config> config() {
      return Optional.of(config);
    }
  }

  /** A model without latents of its own. */
  static final class Mean extends LatentModel {
    /** The settings of the model itself. */
    record Settings(double shift) {}

    /** The settings of the model and its parts. */
    record Config(Settings model, Encoder.Config encoder, Decoder.Config decoder)
        implements ImageModel.Config<Mean> {
      @Override
      public Mean build() {
        Rng rng = new Rng(5);
        return new Mean(model, encoder.build(3, rng), decoder.build(3, rng));
      }
    }

    private final Settings settings;

    Mean(Settings settings, Encoder encoder, Decoder decoder) {
      super(encoder, decoder);
      this.settings = settings;
      markBuilt();
    }

    @Override
    public Settings config() {
      return settings;
    }

    @Override
    protected Tensor latents(Tensor centered) {
      return encoder().forward(centered);
    }

    @Override
    protected Tensor pixels(Tensor latents) {
      return decoder().forward(latents).add(settings.shift());
    }

    @Override
    public ImageLoss loss(Tensor images, TrainingProgress progress) {
      Tensor reconstruction = forward(images);
      return new ImageLoss(
          reconstructionTerms(reconstruction, images, progress),
          images,
          reconstruction,
          List.of(),
          List.of());
    }
  }

  static Mean mean() {
    return new Mean.Config(
            new Mean.Settings(0.25),
            new PixelEncoder.Config(1, 3),
            ConvDecoder.channels(1).hidden(4).upsample(0))
        .build();
  }

  public static void main(String[] folder) throws IOException {
    ModelRegistry.register("own-pixels", PixelEncoder.Config.class);
    ModelRegistry.register("own-mean", Mean.class, Mean.Config.class);
    Path file = Path.of(folder[0]).resolve("own.safetensors");
    try (VqVae model =
        VqVae.builder()
            .encoder(new PixelEncoder.Config(1, 0.5))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(0))
            .build()) {
      model.save(file);
      Images expected = model.reconstruct(IMAGES);
      try (VqVae loaded = VqVae.load(file);
          ImageModel ofAnyKind = ImageModel.load(file)) {
        print(loaded.settings().equals(model.settings()) && same(expected, loaded));
        print(ofAnyKind instanceof VqVae && same(expected, ofAnyKind));
      }
    }
    try (Mean model = mean()) {
      model.save(file);
      try (ImageModel loaded = ImageModel.load(file)) {
        print(loaded instanceof Mean && same(model.reconstruct(IMAGES), loaded));
      }
    }
    try {
      ModelRegistry.register("late", Late.class);
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }

  private static boolean same(Images expected, ImageModel model) {
    return expected.equals(model.reconstruct(IMAGES));
  }

  private static void print(boolean same) {
    System.out.println(same ? "SAME" : "OTHER");
  }

  private record Late() implements Encoder.Config {
    @Override
    public Encoder build(int dimension, Rng rng) {
      throw new UnsupportedOperationException();
    }
  }
}
