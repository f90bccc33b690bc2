package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.PixelCnnConfig;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model of images as codes of one level (a {@link VqVae}) or two (a {@link VqVae2}), the top
 * level first.
 *
 * @param model the model
 * @param tone restores the contrast of decoded images; empty to leave it as decoded
 */
record ImageCodes(ImageModel model, Optional<ToneCurve> tone) implements AutoCloseable {
  /** The number of training images that determine the contrast. */
  private static final int TONE_IMAGES = 1_000;

  /** What height and width must be multiples of. */
  static final int DIVISOR = 4;

  /** The number of times that the code maps of one level halve the images. */
  private static final int HALVINGS = 2;

  /**
   * Sizes of which two levels have maps of a fourth and an eighth; of others, a half and a fourth.
   */
  private static final int TWO_LEVEL_DIVISOR = 8;

  /** Builds a new model for images. */
  static ImageCodes build(GenerateOptions options, Dataset images) {
    VectorQuantizer.Config quantizer = VectorQuantizer.ema(options.codes, options.dimension);
    int channels = images.channels();
    if (options.levels == 2) {
      boolean divides =
          images.height() % TWO_LEVEL_DIVISOR == 0 && images.width() % TWO_LEVEL_DIVISOR == 0;
      return asDecoded(
          VqVae2.channels(channels)
              .hidden(options.hidden)
              .downsample(divides ? 2 : 1, 1)
              .quantizer(quantizer)
              .seed(options.seed)
              .build());
    }
    return asDecoded(
        VqVae.builder()
            .encoder(ConvEncoder.channels(channels).hidden(options.hidden).downsample(HALVINGS))
            .quantizer(quantizer)
            .decoder(ConvDecoder.channels(channels).hidden(options.hidden).upsample(HALVINGS))
            .seed(options.seed)
            .build());
  }

  static ImageCodes load(Path file, int levels) throws IOException {
    return asDecoded(levels == 2 ? VqVae2.load(file) : VqVae.load(file));
  }

  private static ImageCodes asDecoded(ImageModel model) {
    return new ImageCodes(model, Optional.empty());
  }

  /** Returns the same model; grayscale images are decoded with the contrast of training images. */
  ImageCodes withContrastOf(Dataset train) {
    if (train.channels() != 1) {
      return this;
    }
    Dataset some = Spread.of(train, TONE_IMAGES);
    return new ImageCodes(model, Optional.of(ToneCurve.of(some, model.reconstruct(some))));
  }

  /** Writes the codes of images to a file for each level, the top first. */
  void encode(Dataset images, List<Path> files) throws IOException {
    if (model instanceof VqVae2 two) {
      two.encode(images, files);
    } else {
      ((VqVae) model).encode(images, files.get(0));
    }
  }

  /** Returns the codes of each level, the top first. */
  List<Codes> encode(Dataset images) {
    return model instanceof VqVae2 two
        ? two.encode(images)
        : List.of(((VqVae) model).encode(images));
  }

  /** Decodes the codes of each level, the top first. */
  Images decode(List<Codes> codes) {
    Images images = decodeOnly(codes);
    return tone.map(curve -> curve.apply(images)).orElse(images);
  }

  /** Decodes codes with the contrast of the model. */
  Images decodeOnly(List<Codes> codes) {
    return model instanceof VqVae2 two ? two.decode(codes) : ((VqVae) model).decode(codes.get(0));
  }

  /** Returns the settings of a prior over the codes of a level, 0 for the top. */
  PixelCnnConfig prior(int level) {
    return model instanceof VqVae2 two
        ? PixelCnn.forCodesOf(two, level)
        : PixelCnn.forCodesOf((VqVae) model);
  }

  @Override
  public void close() {
    model.close();
  }
}
