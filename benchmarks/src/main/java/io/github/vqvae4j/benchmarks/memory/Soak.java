package io.github.vqvae4j.benchmarks.memory;

import io.github.vqvae4j.benchmarks.Noise;
import io.github.vqvae4j.benchmarks.Vqvae4j;
import io.github.vqvae4j.benchmarks.Workload;
import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
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
 * Trains a model for a long time, samples the memory every 200 steps, and fails if it grows. Run it
 * with a heap of fixed size that is committed at the start, so that any growth is off-heap.
 */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Trains a model for a long time and fails if native memory grows.")
public final class Soak implements Callable<Integer> {
  private static final String COMMAND =
      "./mvnw -q install -Pquick && ./mvnw -q -f benchmarks compile exec:exec@soak";
  private static final int SAMPLE_INTERVAL = 200;

  @Option(names = "--steps", description = "Number of training steps. Default: ${DEFAULT-VALUE}.")
  private long steps = 5_000;

  @Option(names = "--batch", description = "Batch size. Default: ${DEFAULT-VALUE}.")
  private int batch = 32;

  @Option(names = "--small", description = "Train a small model instead of sonnet-cifar10.")
  private boolean small;

  @Option(names = "--output", description = "Output folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  @Spec private CommandSpec spec;

  private Soak() {}

  /**
   * Runs the benchmark.
   *
   * @param args the command line; {@code --help} lists the options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (steps < MemoryReport.MIN_STEPS) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--steps: expected at least "
              + MemoryReport.MIN_STEPS
              + " for a reliable slope, got "
              + steps
              + ".");
    }
    // Before writing the page, which would count as a change of the working tree.
    Machine machine = Machine.current();
    MemoryReport report = new MemoryReport(samples());
    System.out.println(report.table());
    String options = "--steps " + steps + " --batch " + batch + (small ? " --small" : "");
    String method =
        "Memory during "
            + steps
            + " training steps of "
            + (small ? "a small model" : "`sonnet-cifar10`")
            + " with batch size "
            + batch
            + ", `Trainer`, Adam and EMA codebook updates. The heap has a fixed size and is"
            + " committed at the start. Only the C1 compiler is enabled, because C2 allocates"
            + " megabytes whenever it compiles a method, even after thousands of steps. Each sample"
            + " follows a garbage collection.";
    Files.createDirectories(output);
    Files.writeString(
        output.resolve("benchmarks-memory.md"),
        machine.header("Memory", COMMAND + " -Dargs=\"" + options + "\"", method)
            + "\n"
            + report.table());
    return report.problems().isEmpty() ? 0 : 1;
  }

  private List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (report.step() % SAMPLE_INTERVAL == 0) {
              samples.add(Sample.after(report.step()));
              System.out.println(samples.get(samples.size() - 1));
            }
          }
        };
    try (VqVae model = small ? smallModel() : Vqvae4j.model(Workload.CODEBOOK_SIZE)) {
      Trainer.of(model)
          .optimizer(Adam.rate(3e-4))
          .batch(batch)
          .steps(steps)
          .listener(listener)
          .quiet()
          .fit(Noise.images(8 * batch, Workload.IMAGE_SIZE));
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
