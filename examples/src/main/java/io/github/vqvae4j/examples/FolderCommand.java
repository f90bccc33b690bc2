package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.IgnoredPath;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.image.SkippedFile;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Trains a VQ-VAE on a folder of images. */
@Command(
    name = "folder",
    description = "Trains a VQ-VAE on your own images.",
    footerHeading = "%nExample (a minute and a half on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"folder --data photos --size 64\"")
final class FolderCommand extends TrainingCommand<VqVae> {
  /** Fraction of the images used for training. The others are held out. */
  private static final double TRAINING_FRACTION = 0.9;

  /** The minimum number of images: of fewer, this fraction is rounded to all of them. */
  private static final int MIN_IMAGES = 6;

  @Mixin private QuantizerOption quantizer;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of PNG, JPEG, BMP, GIF and TIFF files of any size; subfolders are included. One"
              + " image in ten is held out; corrupt files are skipped and listed. Required without"
              + " --resume.")
  private Path data;

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "64",
      description =
          "Height and width to which all images are scaled and cropped, a multiple of 2^downsample."
              + " Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--downsample",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "2",
      description =
          "Number of times the encoder halves height and width. Default:" + " ${DEFAULT-VALUE}.")
  private int downsample;

  private ImageFolder folder;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(2_000, 32, 512, 64, 64, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    if (data == null) {
      throw new ParameterException(
          spec.commandLine(), "No images given. Specify their folder with --data");
    }
    folder = ImageFolder.in(data, ImageFolderConfig.of(size).skipCorrupt(true));
    if (folder.size() < MIN_IMAGES) {
      throw new IllegalArgumentException(
          FileNames.path(data)
              + ": expected "
              + MIN_IMAGES
              + " or more readable images, so that one can be held out, got "
              + folder.size()
              + "; add more");
    }
    List<Dataset> parts = folder.split(options.seed, TRAINING_FRACTION);
    return new ImageSets(FileNames.path(data), parts.get(0), parts.get(1));
  }

  @Override
  VqVae model(ImageSets images) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).hidden(options.hidden).downsample(downsample))
        .quantizer(quantizer.config(options.dimension))
        .decoder(ConvDecoder.channels(3).hidden(options.hidden).upsample(downsample))
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder output, VqVae trained, PrintWriter out) {
    out.printf("ignored: %s%n", IgnoredPath.summary(folder.ignored()));
    SkippedFiles.print(folder.skipped().stream().map(SkippedFile::reason).toList(), out);
  }
}
