package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Encodes and reconstructs an image with a trained model. */
@Command(
    name = "reconstruct",
    description =
        "Encodes an image with a trained model, prints its codes (unless there are many) and writes"
            + " the reconstruction.",
    footerHeading = "%nExample (a few seconds on two cores):%n",
    footer = {
      "  ./mvnw -q -f examples -Dargs=\"reconstruct \\",
      "    --model runs/<folder>/model.safetensors \\",
      "    --image docs/images/seven.png --codes seven.codes\""
    })
final class ReconstructCommand implements Callable<Integer> {
  private static final int MAX_PRINTED = 64;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors written by mnist, cifar10, folder or generate.")
  private Path model;

  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE",
      description = "A PNG, JPEG, BMP, GIF or TIFF file.")
  private Path image;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "reconstruction.png",
      description = "Output file: the reconstruction." + " Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--codes",
      paramLabel = "FILE",
      description = "Output file of the codes, for the command decode. Default: not written.")
  private Path codesFile;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (VqVae vqVae = VqVae.load(model)) {
      Images input = withChannelsOf(vqVae, Images.read(image));
      Codes codes = vqVae.encode(input);
      Images reconstruction = vqVae.decode(codes);
      Images.write(reconstruction, output);
      out.print(format(codes));
      out.println("Reconstruction: " + FileNames.path(output));
      if (codesFile != null) {
        codes.write(codesFile);
        out.println("Codes: " + FileNames.path(codesFile));
      }
    }
    return Main.SUCCESS;
  }

  /** Formats the codes of a small image; those of a photograph would fill many screens. */
  private static String format(Codes codes) {
    int[] shape = codes.shape();
    return shape[1] <= MAX_PRINTED && shape[2] <= MAX_PRINTED
        ? CodeGrid.text(codes)
        : String.format("%d x %d codes; --codes FILE writes them to a file%n", shape[1], shape[2]);
  }

  private static Images withChannelsOf(VqVae model, Images images) {
    OptionalInt channels = ModelChannels.of(model);
    if (channels.isEmpty()) {
      return images;
    }
    return channels.getAsInt() == 1 ? images.toGray() : images.toColor();
  }
}
