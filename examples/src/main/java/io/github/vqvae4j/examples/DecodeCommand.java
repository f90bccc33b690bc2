package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Decodes codes to images. */
@Command(
    name = "decode",
    description = "Decodes codes to images with a trained model.",
    footerHeading = "%nExample (a few seconds on two cores):%n",
    footer = {
      "  ./mvnw -q -f examples -Dargs=\"decode \\",
      "    --model runs/<folder>/model.safetensors \\",
      "    --codes seven.codes --output seven.png\""
    })
final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors written by mnist, cifar10, folder or generate.")
  private Path model;

  @Option(
      names = "--codes",
      required = true,
      paramLabel = "FILE",
      description = "File of codes: written by reconstruct, or rows of integers as plain text.")
  private Path codes;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description =
          "Output file: the image, or a grid of several images. The name"
              + " must end in .png or .jpg.")
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
    return Main.SUCCESS;
  }
}
