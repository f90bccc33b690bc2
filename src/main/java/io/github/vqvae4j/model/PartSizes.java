package io.github.vqvae4j.model;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.ConvDecoderConfig.Doubling;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.List;

/** Compares the settings of encoders and decoders in a {@link ModelFile} with its arrays. */
final class PartSizes {
  private PartSizes() {}

  /** Checks all that makes an encoder large, but for its result's dimension. */
  static void encoder(ModelFile file, Encoder.Config encoder) throws BadFileException {
    encoder(file, "encoder", encoder);
  }

  private static void encoder(ModelFile file, String name, Encoder.Config encoder)
      throws BadFileException {
    if (encoder instanceof ConvEncoderConfig c) {
      file.checkSize(name + ".project.weight", 2, c.hidden());
      checkResidual(file, name, c.residual(), 3);
      String first = c.downsample() == 0 ? ".mix.weight" : ".down.0.weight";
      file.checkSize(name + first, 2, c.channels());
    }
    if (encoder instanceof SeriesEncoderConfig c) {
      file.checkSize(name + ".project.weight", 1, c.hidden());
      checkResidual(file, name, c.residual(), 2);
      String first = c.downsample() == 0 ? ".mix.weight" : ".down.0.weight";
      file.checkSize(name + first, 1, c.channels());
    }
    if (encoder instanceof StridedEncoderConfig c) {
      file.checkSize(name + ".down.0.weight", 2, c.channels());
      for (int i = 0; i < c.widths().size(); i++) {
        file.checkSize(name + ".down." + i + ".weight", 3, c.widths().get(i));
      }
    }
    if (encoder instanceof DenseEncoderConfig c) {
      checkHidden(file, name, c.hidden());
      String first = c.hidden().isEmpty() ? ".project.weight" : ".hidden.0.weight";
      file.checkSize(name + first, 0, c.imageLength());
    }
    if (encoder instanceof ConvVectorEncoderConfig c) {
      encoder(file, name + ".conv", c.conv());
      file.checkSize(name + ".project.weight", 0, c.mapLength());
      file.checkSize(name + ".conv.project.weight", 3, c.features());
    }
  }

  /** Checks the dimension of an encoder's result. */
  static void checkResult(ModelFile file, Encoder.Config encoder, int dimension)
      throws BadFileException {
    boolean vector =
        encoder instanceof DenseEncoderConfig || encoder instanceof ConvVectorEncoderConfig;
    int axis = vector ? 1 : encoder instanceof SeriesEncoderConfig ? 2 : 3;
    file.checkSize("encoder.project.weight", axis, dimension);
  }

  /** Checks all that makes a decoder large, but for its input's dimension. */
  static void decoder(ModelFile file, Decoder.Config decoder) throws BadFileException {
    decoder(file, "decoder", decoder);
  }

  private static void decoder(ModelFile file, String name, Decoder.Config decoder)
      throws BadFileException {
    if (decoder instanceof ConvDecoderConfig c) {
      file.checkSize(name + ".mix.weight", 3, c.hidden());
      checkResidual(file, name, c.residual(), 3);
      boolean transposed = c.upsample() > 0 && c.doubling() == Doubling.TRANSPOSED;
      int last = transposed ? c.upsample() - 1 : Math.max(0, 2 * c.upsample() - 1);
      file.checkSize(name + ".up." + last + ".weight", transposed ? 2 : 3, c.channels());
    }
    if (decoder instanceof SeriesDecoderConfig c) {
      file.checkSize(name + ".mix.weight", 2, c.hidden());
      checkResidual(file, name, c.residual(), 2);
      int last = Math.max(0, c.upsample() - 1);
      file.checkSize(name + ".up." + last + ".weight", c.upsample() > 0 ? 1 : 2, c.channels());
    }
    if (decoder instanceof StridedDecoderConfig c) {
      for (int i = 0; i < c.widths().size(); i++) {
        file.checkSize(name + ".up." + i + ".weight", 2, c.widths().get(i));
      }
      file.checkSize(name + ".last.weight", 3, c.channels());
    }
    if (decoder instanceof DenseDecoderConfig c) {
      checkHidden(file, name, c.hidden());
      file.checkSize(name + ".project.weight", 1, c.imageLength());
    }
    if (decoder instanceof ConvVectorDecoderConfig c) {
      decoder(file, name + ".conv", c.conv());
      int map = c.mapHeight() * c.mapWidth() * c.features();
      file.checkSize(name + ".project.weight", 1, map);
      file.checkSize(name + ".conv.mix.weight", 2, c.features());
    }
  }

  private static void checkResidual(
      ModelFile file, String part, ResidualConfig residual, int outputs) throws BadFileException {
    if (residual.blocks() > 0) {
      String last = part + ".residual." + (residual.blocks() - 1) + ".conv.weight";
      file.checkSize(last, outputs, residual.hidden());
    }
  }

  private static void checkHidden(ModelFile file, String part, List<Integer> widths)
      throws BadFileException {
    for (int i = 0; i < widths.size(); i++) {
      file.checkSize(part + ".hidden." + i + ".weight", 1, widths.get(i));
    }
  }
}
