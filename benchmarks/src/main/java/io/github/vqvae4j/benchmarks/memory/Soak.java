package io.github.vqvae4j.benchmarks.memory;

import io.github.vqvae4j.benchmarks.Noise;
import io.github.vqvae4j.benchmarks.Ours;
import io.github.vqvae4j.benchmarks.Setting;
import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.model.ConvDecoder;
import io.github.vqvae4j.model.ConvEncoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains for long, looks at the memory every 200 steps, and fails if it grows. To be run with a
 * heap that is taken as a whole at the start, so that all growth is outside of it.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Trains for long and fails if native memory grows.")
public final class Soak implements Callable<Integer> {
  private static final String COMMAND =
      "mvn -q install -Pquick && mvn -q -f benchmarks compile exec:exec@soak";
  private static final int EVERY = 200;

  @Option(names = "--steps", description = "Default: ${DEFAULT-VALUE}.")
  private long steps = 5_000;

  @Option(names = "--batch", description = "Images in a step. Default: ${DEFAULT-VALUE}.")
  private int batch = 32;

  @Option(names = "--small", description = "A small model instead of sonnet-cifar10.")
  private boolean small;

  @Option(names = "--output", description = "Folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  @Spec private CommandSpec spec;

  private Soak() {}

  /**
   * Runs it.
   *
   * @param args {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (steps < MemoryReport.FEWEST_STEPS) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--steps: expected at least "
              + MemoryReport.FEWEST_STEPS
              + ", or there is too little to fit a line to, got "
              + steps
              + ".");
    }
    // Before anything is written, so that a page does not count as a change.
    Machine machine = Machine.here();
    MemoryReport report = new MemoryReport(samples());
    System.out.println(report.table());
    String options = "--steps " + steps + " --batch " + batch + (small ? " --small" : "");
    String how =
        "A training of "
            + steps
            + " steps at batch "
            + batch
            + " of "
            + (small ? "a small model" : "`sonnet-cifar10`")
            + ", by `Trainer` with Adam and moving averages, under a heap of fixed size that is"
            + " touched at the start, with the first of Java's compilers alone (the second takes"
            + " megabytes whenever it compiles something, be it after thousands of steps); each"
            + " line after a garbage collection.";
    Files.createDirectories(output);
    Files.writeString(
        output.resolve("benchmarks-memory.md"),
        machine.head("Memory", COMMAND + " -Dargs=\"" + options + "\"", how)
            + "\n"
            + report.table());
    return report.problems().isEmpty() ? 0 : 1;
  }

  private List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() % EVERY == 0) {
              samples.add(Sample.after(report.step()));
              System.out.println(samples.get(samples.size() - 1));
            }
          }
        };
    try (VqVae model = small ? smallModel() : Ours.model(Setting.CODEBOOK_SIZE)) {
      Trainer.of(model)
          .optimizer(Adam.rate(3e-4))
          .batch(batch)
          .steps(steps)
          .listener(listener)
          .fit(Noise.images(8 * batch, Setting.IMAGE_SIZE));
    }
    return samples;
  }

  private static VqVae smallModel() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).hidden(16).residual(1, 8))
        .quantizer(VectorQuantizer.ema(64, 8))
        .decoder(ConvDecoder.channels(3).hidden(16).residual(1, 8))
        .build();
  }
}
