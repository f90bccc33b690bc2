package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Selects the images of {@link GenerateCommand}: a known dataset, or a folder of images. */
final class GenerateImages {
  /** The fraction of the training images that the priors are trained on; the rest chooses one. */
  private static final double TRAINING_FRACTION = 0.9;

  /** The fractions of training and test images of a folder. */
  private static final double FOLDER_FRACTION = 0.9;

  /** The minimum number of images in a folder, so that no part is empty. */
  private static final int MIN_IMAGES = 20;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the files of MNIST, Fashion-MNIST or CIFAR-10 (binary version), or of PNG,"
              + " JPEG and BMP files of any size, whose subfolders, if there are any, are the"
              + " classes. Default: the 6,000 bundled digits.")
  private Path data;

  @Option(
      names = "--size",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "32",
      description =
          "Height and width to which the images of a folder are scaled and cropped, a multiple of"
              + " 4. Default: ${DEFAULT-VALUE}.")
  private int size;

  @Mixin private DownloadOption download;

  GenerateSets read(long seed) throws IOException {
    if (data != null && !download.isGiven() && !isKnown(data)) {
      return folder(seed);
    }
    Optional<ImageSets> chosen = download.read(data, KnownDataset.values());
    ImageSets images =
        chosen.isPresent()
            ? chosen.get()
            : ImageSets.of(GenerateSets.BUNDLED, BundledDigits.read());
    return GenerateSets.of(images, seed, TRAINING_FRACTION);
  }

  /** Returns whether a folder has a file of a known dataset. */
  private static boolean isKnown(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(FileNames::name)
          .anyMatch(name -> name.matches("(train|t10k)-.*-?idx.*|(data_batch_.|test_batch)\\.bin"));
    }
  }

  private GenerateSets folder(long seed) throws IOException {
    if (size % ImageCodes.DIVISOR != 0) {
      throw new ParameterException(
          command.commandLine(),
          String.format(
              "Invalid value for option '--size': expected a multiple of %d, got %d",
              ImageCodes.DIVISOR, size));
    }
    ImageFolder images = ImageFolder.in(data, ImageFolderConfig.of(size).skipCorrupt(true));
    if (images.size() < MIN_IMAGES) {
      throw new IllegalArgumentException(
          FileNames.path(data)
              + ": expected "
              + MIN_IMAGES
              + " or more readable images, so that some can be held out, got "
              + images.size()
              + "; add more");
    }
    List<Dataset> parts = images.split(seed, FOLDER_FRACTION);
    ImageSets sets =
        new ImageSets(
            FileNames.path(data.toAbsolutePath().normalize()), parts.get(0), parts.get(1));
    return GenerateSets.of(sets, seed, TRAINING_FRACTION);
  }
}
