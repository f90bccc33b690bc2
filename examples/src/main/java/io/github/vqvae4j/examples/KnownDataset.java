package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.Cifar10;
import io.github.vqvae4j.data.datasets.DownloadConfig;
import io.github.vqvae4j.data.datasets.FashionMnist;
import io.github.vqvae4j.data.datasets.Mnist;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Datasets that the examples can download. */
enum KnownDataset {
  MNIST("mnist"),
  FASHION_MNIST("fashion-mnist"),
  CIFAR_10("cifar-10");

  private final String text;

  KnownDataset(String text) {
    this.text = text;
  }

  /** Reads the dataset from the cache, after downloading missing files. */
  ImageSets download(DownloadConfig config) throws IOException {
    return switch (this) {
      case MNIST -> ImageSets.of("MNIST", Mnist.download(config));
      case FASHION_MNIST -> ImageSets.of("Fashion-MNIST", FashionMnist.download(config));
      case CIFAR_10 -> ImageSets.of(Cifar10.download(config));
    };
  }

  /** Reads the dataset from a folder. The files of MNIST and Fashion-MNIST have the same names. */
  ImageSets in(Path folder) throws IOException {
    return this == CIFAR_10
        ? ImageSets.of(Cifar10.in(folder))
        : ImageSets.of(FileNames.path(folder.toAbsolutePath().normalize()), Mnist.in(folder));
  }

  /** Converts the name of a dataset. */
  static final class ByName implements ITypeConverter<KnownDataset> {
    @Override
    public KnownDataset convert(String name) {
      return Arrays.stream(values())
          .filter(set -> set.text.equals(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected one of " + Arrays.toString(values()) + ", got '" + name + "'"));
    }
  }

  /** Returns the name used on the command line. */
  @Override
  public String toString() {
    return text;
  }
}
