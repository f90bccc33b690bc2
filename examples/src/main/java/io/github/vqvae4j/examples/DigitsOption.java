package io.github.vqvae4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which digits to take: the bundled ones, or all of MNIST or Fashion-MNIST. */
final class DigitsOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the four files of MNIST (or Fashion-MNIST), gzip or plain. Default: the 6,000"
              + " digits that come with the examples.")
  private Path data;

  @Mixin private DownloadOption download;

  ImageSets read() throws IOException {
    Optional<ImageSets> chosen = download.read(data, KnownSet.MNIST, KnownSet.FASHION_MNIST);
    return chosen.isPresent() ? chosen.get() : ImageSets.of("bundled digits", BundledDigits.read());
  }
}
