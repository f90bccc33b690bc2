package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Mnist;
import io.github.vqvae4j.data.MnistData;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which digits to take: the bundled ones, or all of MNIST. */
final class DigitsOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of the four files of MNIST (or Fashion-MNIST), gzip or plain. Default: the 6,000"
              + " digits that come with the examples.")
  private Path data;

  ImageSets read() throws IOException {
    MnistData digits = data == null ? BundledDigits.read() : Mnist.in(data);
    String name = data == null ? "bundled digits" : data.toString();
    return new ImageSets(name, digits.train(), digits.test());
  }
}
