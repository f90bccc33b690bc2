package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.model.VqVae;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes images from codes. */
@Command(name = "decode", description = "Makes images from codes with a trained model.")
final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors that mnist or cifar10 wrote.")
  private Path model;

  @Option(
      names = "--codes",
      required = true,
      paramLabel = "FILE",
      description = "Codes: a file that reconstruct wrote, or rows of numbers as plain text.")
  private Path codes;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description =
          "Where to write the image, or a grid of several; the name ends in .png or .jpg.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    try (VqVae vqVae = VqVae.load(model)) {
      int codebookSize = vqVae.quantizer().codebookSize();
      Images images = vqVae.decode(CodesFile.read(codes, codebookSize));
      if (images.size() == 1) {
        Images.write(images, output);
      } else {
        Images.writeGrid(images, output);
      }
    }
    spec.commandLine().getOut().println("Image: " + output);
    return Main.DONE;
  }
}
