package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.IgnoredPath;
import io.github.vqvae4j.data.ImageFolder;
import io.github.vqvae4j.data.ImageFolderConfig;
import io.github.vqvae4j.data.SkippedFile;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ConvDecoder;
import io.github.vqvae4j.model.ConvEncoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a VQ-VAE on a folder of the user's own pictures. */
@Command(name = "folder", description = "Trains a VQ-VAE on a folder of pictures of your own.")
final class FolderCommand extends TrainingCommand<VqVae> {
  /** Of the pictures; the others are held out. */
  private static final double TRAINED_ON = 0.9;

  /** Of fewer, so much is all of them when it is rounded. */
  private static final int LEAST = 6;

  @Mixin private CodebookOption codebook;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder of PNG, JPEG and BMP files of any size, in it and below it. One of ten is held"
              + " out; those that cannot be read are skipped and counted.")
  private Path data;

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "64",
      description =
          "Height and width that every picture is scaled and cropped to, a multiple of"
              + " 2^downsample. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Option(
      names = "--downsample",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "2",
      description =
          "How often height and width are halved on the way to the codes. Default:"
              + " ${DEFAULT-VALUE}.")
  private int downsample;

  private ImageFolder pictures;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(2_000, 32, 512, 64, 64, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    pictures = ImageFolder.in(data, ImageFolderConfig.of(size).skipCorrupt(true));
    if (pictures.size() < LEAST) {
      throw new IllegalArgumentException(
          FileNames.path(data)
              + ": got "
              + Counts.of(pictures.size(), "image")
              + " that can be read, expected "
              + LEAST
              + " or more, so that one can be held out; add more");
    }
    List<Dataset> parts = pictures.split(options.seed, TRAINED_ON);
    return new ImageSets(FileNames.path(data), parts.get(0), parts.get(1));
  }

  @Override
  VqVae model(ImageSets images) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).hidden(options.hidden).downsample(downsample))
        .quantizer(VectorQuantizer.ema(codebook.codes, options.dimension))
        .decoder(ConvDecoder.channels(3).hidden(options.hidden).upsample(downsample))
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, VqVae trained, PrintWriter out) {
    out.printf("passed over: %s%n", IgnoredPath.summary(pictures.ignored()));
    SkippedFiles.print(pictures.skipped().stream().map(SkippedFile::reason).toList(), out);
  }
}
