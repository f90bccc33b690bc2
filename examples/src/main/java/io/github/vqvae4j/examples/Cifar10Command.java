package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Trains a VQ-VAE on CIFAR-10, with the layer sizes of Sonnet's example. */
@Command(
    name = "cifar10",
    description = "Trains a VQ-VAE on CIFAR-10, with the layer sizes of Sonnet's example.",
    footerHeading = "%nExample (a minute on two cores, and the download of 170 MB):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"cifar10 --download cifar-10\"")
final class Cifar10Command extends TrainingCommand<VqVae> {
  @Mixin private QuantizerOption quantizer;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of CIFAR-10's binary version: data_batch_1.bin to data_batch_5.bin (or some of"
              + " them) and test_batch.bin. Required without --download.")
  private Path data;

  @Mixin private DownloadOption download;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(2_000, 32, 512, 64, 128, 3e-4);
  }

  @Override
  ImageSets images() throws IOException {
    return download
        .read(data, KnownDataset.CIFAR_10)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "No images given. Download them with --download cifar-10 (170 MB); or download"
                        + " \"CIFAR-10 binary version\" (cifar-10-binary.tar.gz) from"
                        + " https://www.cs.toronto.edu/~kriz/cifar.html, unpack it, and specify its"
                        + " folder with --data cifar-10-batches-bin; it contains data_batch_1.bin"
                        + " to data_batch_5.bin and test_batch.bin, 30,730,000 bytes each"));
  }

  @Override
  VqVae model(ImageSets images) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).hidden(options.hidden).downsample(2)) // 32x32 -> 8x8
        .quantizer(quantizer.config(options.dimension))
        .decoder(ConvDecoder.channels(3).hidden(options.hidden).upsample(2))
        .seed(options.seed)
        .build();
  }
}
