package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * PyTorch's Python package, run by {@code src/main/python/pytorch_peer.py} in processes of their
 * own.
 */
final class PyTorch {
  /** The name in the tables. */
  static final String NAME = "pytorch";

  private final ProcessLauncher launcher;
  private final String python;
  private final Probe probe;
  private final List<Variant> variants;

  /** What the script prints about the installation. */
  private record Probe(String version, String compileFailure) {}

  /**
   * A way to run the model.
   *
   * @param compiled whether {@code torch.compile} compiles the passes
   * @param channelsLast whether images and filters have channels last
   * @param threads the number of threads
   */
  record Variant(boolean compiled, boolean channelsLast, int threads) {
    private List<String> arguments() {
      return List.of(
          compiled ? "compiled" : "eager",
          channelsLast ? "channels-last" : "contiguous",
          Integer.toString(threads));
    }

    @Override
    public String toString() {
      return String.format(
          "%s (%s, %s, %d thread%s)",
          NAME,
          compiled ? "compiled" : "eager",
          channelsLast ? "channels last" : "contiguous",
          threads,
          threads == 1 ? "" : "s");
    }
  }

  private PyTorch(ProcessLauncher launcher, String python, Probe probe, List<Variant> variants) {
    this.launcher = launcher;
    this.python = python;
    this.probe = probe;
    this.variants = variants;
  }

  /**
   * Finds PyTorch.
   *
   * @param python the Python executable
   * @param cores the number of threads of the variants with several threads
   * @param quick whether to run a single variant, as a smoke test
   * @return the installation, or empty if there is no such executable, or it has no package {@code
   *     torch}
   */
  static Optional<PyTorch> find(ProcessLauncher launcher, String python, int cores, boolean quick) {
    try {
      Process process = launcher.start(command(python, "probe"), Map.of());
      String line = launcher.lastLine(process, python + " with the package torch");
      Probe probe = new Gson().fromJson(line, Probe.class);
      List<Variant> variants =
          quick
              ? List.of(new Variant(false, true, cores))
              : variants(cores, probe.compileFailure() == null);
      return Optional.of(new PyTorch(launcher, python, probe, variants));
    } catch (IOException e) {
      System.out.println(e.getMessage());
      return Optional.empty();
    }
  }

  private static List<Variant> variants(int cores, boolean compiles) {
    return Stream.of(false, true)
        .filter(compiled -> !compiled || compiles)
        .flatMap(
            compiled ->
                Stream.of(true, false)
                    .flatMap(
                        channelsLast ->
                            IntStream.of(cores, 1)
                                .distinct()
                                .mapToObj(n -> new Variant(compiled, channelsLast, n))))
        .toList();
  }

  /** Returns the version, and why {@code torch.compile} does not work if so, as sentences. */
  String description() {
    return String.format(
        "`%s` is PyTorch %s from Python's package `torch`.%s",
        NAME,
        probe.version(),
        probe.compileFailure() == null
            ? ""
            : " `torch.compile` does not work here, only eager passes count: "
                + probe.compileFailure()
                + ".");
  }

  /** Returns the variants that work here. */
  List<Variant> variants() {
    return variants;
  }

  /** Returns a process for each variant. */
  List<Contender> contenders(Workload workload) {
    return variants.stream().map(variant -> contender(variant, workload)).toList();
  }

  private Contender contender(Variant variant, Workload workload) {
    List<String> command = command(python, "measure", variant.arguments(), workload.arguments());
    return new Contender(
        variant.toString(), workload, () -> new ChildProcess(launcher.start(command, Map.of())));
  }

  /** Returns the losses of training steps. See {@link Losses}. */
  List<Double> losses(Variant variant, Path model, Path images) throws IOException {
    List<String> data = List.of(model.toString(), images.toString(), "" + Losses.BATCH);
    return values("losses", variant, data);
  }

  /** Returns the losses of training steps of a prior. See {@link PriorCheck}. */
  List<Double> priorLosses(Variant variant, Path prior, Path codes, int layers, int batch)
      throws IOException {
    List<String> data = List.of(prior.toString(), codes.toString(), "" + layers, "" + batch);
    return values("prior-losses", variant, data);
  }

  /** Trains a prior and returns its held-out loss in nats. See {@link PriorLoss}. */
  double trainPrior(Variant variant, Path codes, List<Integer> settings) throws IOException {
    List<String> data = new ArrayList<>(List.of(codes.toString()));
    settings.forEach(value -> data.add(value.toString()));
    return values("prior-train", variant, data).get(0);
  }

  private List<Double> values(String name, Variant variant, List<String> data) throws IOException {
    Process process = launcher.start(command(python, name, variant.arguments(), data), Map.of());
    return launcher.values(process, variant.toString());
  }

  @SafeVarargs
  private static List<String> command(String python, String name, List<String>... arguments) {
    Path script =
        VersionCompiler.location(PyTorch.class)
            .resolve("../../src/main/python/pytorch_peer.py")
            .normalize();
    List<String> command = new ArrayList<>(List.of(python, script.toString(), name));
    for (List<String> some : arguments) {
      command.addAll(some);
    }
    return command;
  }
}
