package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ConvEncoderConfig;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sends an image through a trained model. */
@Command(
    name = "reconstruct",
    description =
        "Shows the codes of an image, unless they are many, and writes what a trained model makes of them.")
final class ReconstructCommand implements Callable<Integer> {
  private static final int MOST_SHOWN = 64;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A model.safetensors that mnist, cifar10 or folder wrote.")
  private Path model;

  @Option(
      names = "--image",
      required = true,
      paramLabel = "FILE",
      description = "A PNG, JPEG or BMP file.")
  private Path image;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      defaultValue = "reconstruction.png",
      description = "Where to write the reconstruction. Default: ${DEFAULT-VALUE}.")
  private Path output;

  @Option(
      names = "--codes",
      paramLabel = "FILE",
      description =
          "Where to write the codes (safetensors), for the command decode. Default: nowhere.")
  private Path codesFile;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (VqVae vqVae = VqVae.load(model)) {
      Images input = inChannelsOf(vqVae, Images.read(image));
      Codes codes = vqVae.encode(input);
      Images reconstruction = vqVae.decode(codes);
      Images.write(reconstruction, output);
      out.print(shown(codes));
      out.println("Reconstruction: " + FileNames.path(output));
      if (codesFile != null) {
        codes.save(codesFile);
        out.println("Codes: " + FileNames.path(codesFile));
      }
    }
    return Main.DONE;
  }

  /** All codes of a small image; those of a photograph would fill many screens. */
  private static String shown(Codes codes) {
    int[] shape = codes.shape();
    return shape[1] <= MOST_SHOWN && shape[2] <= MOST_SHOWN
        ? CodeGrid.text(codes)
        : String.format("%d x %d codes; --codes FILE writes them to a file%n", shape[1], shape[2]);
  }

  private static Images inChannelsOf(VqVae model, Images images) {
    if (model.encoder().config().orElse(null) instanceof ConvEncoderConfig config) {
      return config.channels() == 1 ? images.toGray() : images.toColor();
    }
    return images;
  }
}
