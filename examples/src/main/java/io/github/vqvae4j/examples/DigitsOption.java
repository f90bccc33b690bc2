package io.github.vqvae4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Selects the bundled digits, MNIST or Fashion-MNIST. */
final class DigitsOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the four MNIST (or Fashion-MNIST) files, plain or gzipped. Default: the 6,000"
              + " bundled digits.")
  private Path data;

  @Mixin private DownloadOption download;

  ImageSets read() throws IOException {
    Optional<ImageSets> chosen =
        download.read(data, KnownDataset.MNIST, KnownDataset.FASHION_MNIST);
    return chosen.isPresent() ? chosen.get() : ImageSets.of("bundled digits", BundledDigits.read());
  }
}
