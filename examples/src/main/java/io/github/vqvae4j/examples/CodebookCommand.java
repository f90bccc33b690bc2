package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.CodebookReport;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Visualizes a codebook. */
@Command(
    name = "codebook",
    description =
        "Visualizes a codebook: usage, the mean patch of each code and a projection of the code vectors.",
    footerHeading = "%nExample (ten seconds on two cores):%n",
    footer = {
      "  ./mvnw -q -f examples -Dargs=\"codebook \\",
      "    --model runs/<folder>/model.safetensors\""
    })
final class CodebookCommand implements Callable<Integer> {
  static final String USAGE = "usage.png";
  static final String CODES = "codes.png";
  static final String MAP = "map.png";

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "A model.safetensors written by mnist or cifar10. Default: a model is trained first.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the MNIST or CIFAR-10 files. Default: the bundled digits.")
  private Path data;

  @Mixin private DownloadOption download;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "600",
      description = "Number of training steps, without --model. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      defaultValue = "256",
      description = "Codebook size, without --model. Default: ${DEFAULT-VALUE}.")
  private int codes;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Output folder. Default: a new folder runs/<time>-codebook.")
  private Path output;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ImageSets images = images();
    try (VqVae vqVae = model == null ? newModel(images) : VqVae.load(model);
        OutputFolder folder = OutputFolder.create(output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      if (model == null) {
        train(vqVae, images, folder, interruption);
      }
      CodebookReport report = CodebookReport.of(Evaluation.of(vqVae, images.test()));
      out.printf("%d held-out images: %s%n", images.test().size(), report);
      CodebookPlots plots = new CodebookPlots(vqVae, report);
      CodePatches patches = CodePatches.of(images.test(), vqVae.encode(images.test()));
      folder.write(USAGE, plots::writeUsage);
      folder.write(CODES, patches.grid()::write);
      folder.write(MAP, plots::writeMap);
      out.println(folder.displayPath());
      out.printf("  %-12s histogram of code usage%n", USAGE);
      out.printf("  %-12s the mean patch of each code: %s%n", CODES, patches);
      out.printf("  %-12s the code vectors, projected onto two principal axes%n", MAP);
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  private ImageSets images() throws IOException {
    Optional<ImageSets> chosen = download.read(data, KnownDataset.values());
    return chosen.isPresent() ? chosen.get() : ImageSets.of("bundled digits", BundledDigits.read());
  }

  private VqVae newModel(ImageSets images) {
    int channels = images.train().channels();
    return VqVae.builder()
        .encoder(ConvEncoder.channels(channels).hidden(64).downsample(2))
        .quantizer(VectorQuantizer.ema(codes, 64))
        .decoder(ConvDecoder.channels(channels).hidden(64).upsample(2))
        .build();
  }

  private void train(VqVae vqVae, ImageSets images, OutputFolder folder, Interruption interruption)
      throws IOException {
    RunFolder record = RunFolder.in(folder.path());
    Trainer<ImageBatch> trainer =
        Trainer.of(vqVae).optimizer(Adam.rate(1e-3)).steps(steps).listener(new CodebookMonitor());
    interruption.train(trainer, images.train(), record, vqVae);
  }
}
