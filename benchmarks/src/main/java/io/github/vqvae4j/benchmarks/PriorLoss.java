package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.benchmarks.report.TargetPage;
import io.github.vqvae4j.benchmarks.report.TargetRow;
import io.github.vqvae4j.data.datasets.Mnist;
import io.github.vqvae4j.data.datasets.MnistData;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.ProgressLog;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the held-out loss of a prior with that of the same network in PyTorch. */
@Command(
    name = "prior-loss",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a gated PixelCNN on the codes of the recipe keras-mnist, here and in PyTorch, each with"
          + " its own initial parameters and order, and compares the held-out losses.",
      "Needs a Python with the package torch."
    })
final class PriorLoss implements Callable<Integer> {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final double TOLERANCE = 0.02;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the four files of MNIST.")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "The trained VQ-VAE. Default: one is trained.")
  private Path model;

  @Option(names = "--steps", description = "Number of training steps. Default: ${DEFAULT-VALUE}.")
  private int steps = 1_500;

  @Option(names = "--layers", description = "Number of layers. Default: ${DEFAULT-VALUE}.")
  private int layers = 8;

  @Option(names = "--batch", description = "Batch size. Default: ${DEFAULT-VALUE}.")
  private int batch = 64;

  @Option(names = "--seeds", description = "Number of seeds. Default: ${DEFAULT-VALUE}.")
  private int seeds = 3;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      defaultValue = "${env:VQVAE4J_PYTHON:-python3}",
      description =
          "Python with the package torch. Default: environment variable VQVAE4J_PYTHON, or python3.")
  private String python;

  @Option(names = "--output", description = "Output folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Machine machine = Machine.current();
    Path folder = Files.createTempDirectory("prior-loss");
    PyTorch pytorch =
        PyTorch.find(new ProcessLauncher(folder), python, CORES, true)
            .orElseThrow(() -> new IOException("expected Python with torch, got " + python));
    MnistData digits = Mnist.in(data);
    Codes train;
    Codes heldOut;
    try (VqVae vqvae = model == null ? trained(digits) : VqVae.load(model)) {
      train = vqvae.encode(digits.train());
      heldOut = vqvae.encode(digits.test());
    }
    Path file = folder.resolve("codes.safetensors");
    Map<String, NamedArray> arrays = new HashMap<>(PriorCheck.arrays("", train));
    arrays.putAll(PriorCheck.arrays("heldOut", heldOut));
    Safetensors.write(file, Map.of(), arrays);
    List<TargetRow> rows = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      double ours = loss(train, heldOut, seed);
      double peer =
          pytorch.trainPrior(
              pytorch.variants().get(0),
              file,
              List.of(train.codebookSize(), layers, batch, steps, seed));
      System.out.printf("seed %d: %.4f, PyTorch %.4f%n", seed, ours, peer);
      rows.add(row(seed, ours, peer));
    }
    new TargetPage(machine, rows, List.of(), List.of())
        .write(
            output,
            "benchmarks-prior-loss",
            "Held-out loss of a prior",
            Main.COMMAND + " -Dargs=\"prior-loss --data DIR\"",
            method(pytorch, train, heldOut, (System.nanoTime() - start) / 60e9));
    Main.delete(folder);
    return 0;
  }

  private static VqVae trained(MnistData digits) {
    VqVae vqvae = Recipe.KERAS_MNIST.model().seed(1).build();
    Recipe.KERAS_MNIST.trainer(vqvae).seed(1).listener(new ProgressLog()).fit(digits.train());
    return vqvae;
  }

  private double loss(Codes train, Codes heldOut, long seed) {
    try (PixelCnn prior =
        PriorModel.settings(train.codebookSize()).layers(layers).build(new Rng(seed))) {
      Trainer.of(prior)
          .optimizer(Adam.rate(PriorModel.RATE))
          .batch(batch)
          .steps(steps)
          .seed(seed)
          .listener(new ProgressLog())
          .fit(train);
      double[] logProb = prior.logProb(heldOut, Condition.labels(heldOut.labels().orElseThrow()));
      return -Arrays.stream(logProb).sum() / heldOut.values().length;
    }
  }

  private static TargetRow row(int seed, double ours, double peer) {
    double ratio = ours / peer;
    return new TargetRow(
        "held-out loss, seed " + seed,
        ours,
        PyTorch.NAME,
        peer,
        "nats per code",
        ratio,
        List.of(ratio),
        String.format(Locale.ROOT, "%.2f to %.2f", 1 - TOLERANCE, 1 + TOLERANCE),
        Math.abs(ratio - 1) <= TOLERANCE);
  }

  private String method(PyTorch pytorch, Codes train, Codes heldOut, double minutes) {
    return String.format(
        Locale.ROOT,
        "A VQ-VAE is trained with the recipe `keras-mnist`, and encodes MNIST's %,d training and %,d"
            + " test images as maps of 7x7 codes of a codebook of %d. A gated PixelCNN of %d layers of"
            + " 64 channels, given the class, is then trained for %d steps of %d maps with Adam at"
            + " %s, here and in %s, each with its own initial parameters and its own order."
            + " The loss is the mean cross-entropy of all test codes. For comparison: ln K is %.3f,"
            + " the entropy of the training codes' frequencies %.3f nats, and keras.io's example"
            + " ends at a validation loss of 1.03 nats per code for its own model's codes,"
            + " without classes. %s The whole run took %.0f minutes.",
        train.count(),
        heldOut.count(),
        train.codebookSize(),
        layers,
        steps,
        batch,
        PriorModel.RATE,
        pytorch.variants().get(0),
        Math.log(train.codebookSize()),
        Math.log(CodeUsage.of(train.values(), train.codebookSize()).perplexity()),
        pytorch.description(),
        minutes);
  }
}
