package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.floor.ModelConvolutions;
import io.github.vqvae4j.benchmarks.floor.ModelConvolutions.Shape;
import io.github.vqvae4j.benchmarks.kernels.ConvolutionKernels.Direction;
import io.github.vqvae4j.benchmarks.report.Caches;
import io.github.vqvae4j.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.results.RunResult;

/** The tables of what JMH found; what was not run is left out. */
final class KernelPage {
  private static final String COMMAND =
      "mvn -q install -Pquick && mvn -q -f benchmarks compile exec:exec@kernels";
  private static final String HOW =
      "By JMH, a process each; times are medians of its iterations. Ceilings are measured in the same run. Arithmetic: the fastest that"
          + " oneDNN got at anything here, a product of two square matrices or one of the"
          + " convolutions alone. Memory: the fastest of a copy, a ="
          + " b + s c and a += s b by all processors at once, at as many bytes as the kernel"
          + " touches, so in the cache that it finds them in. Convolutions are called as the"
          + " library calls them, forward with bias, weights reordered each time as in training;"
          + " \"oneDNN alone\" is its fastest primitive in layouts of its choice, without bias and"
          + " without reordering.";

  /** 15 convolutions in three directions, without the gradient of the images themselves. */
  private static final int IN_A_STEP = 44;

  private final Machine machine;
  private final List<Kernel> kernels;
  private final StringBuilder text = new StringBuilder();

  KernelPage(Machine machine, Collection<RunResult> results) {
    this.machine = machine;
    this.kernels = Kernel.of(results);
  }

  /**
   * Writes it.
   *
   * @param options that the kernels were run with
   */
  void write(Path file, String options) throws IOException {
    Caches caches = Caches.here();
    String command = options.isEmpty() ? COMMAND : COMMAND + " -Dargs=\"" + options + "\"";
    text.append(machine.head("Kernels", command, HOW));
    text.append("| caches of all processors | ").append(caches).append(" |\n");
    ceilings(caches);
    convolutions();
    others(caches);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void ceilings(Caches caches) {
    text.append("\n## Ceilings\n\n| | size | in | |\n| --- | ---: | --- | ---: |\n");
    for (Kernel kernel : of(ArithmeticCeiling.class)) {
      int n = kernel.number("size");
      line("| product | %d x %d | | %.1f GFLOP/s |", n, n, arithmetic(kernel));
    }
    List<Kernel> bandwidths = new ArrayList<>(of(BandwidthCeiling.class));
    bandwidths.sort(Comparator.comparing(kernel -> kernel.number("kibibytes")));
    for (Kernel kernel : bandwidths) {
      int size = kernel.number("kibibytes");
      line(
          "| %s | %,d KiB | %s | %.1f GB/s |",
          kernel.method(), size, caches.holding(size), bandwidth(kernel));
    }
  }

  private void convolutions() {
    if (of(ConvolutionKernels.class).isEmpty()) {
      return;
    }
    text.append(
        "\n## Convolutions\n\n| convolution | in the model | batch | | microseconds | lowest to highest |"
            + " GFLOP/s | of the ceiling | oneDNN alone, microseconds | speed beside it |\n"
            + "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    int measured = 0;
    double flops = 0;
    double ours = 0;
    double theirs = 0;
    for (Kernel kernel : of(ConvolutionKernels.class)) {
      Shape shape = shape(kernel);
      if (kernel.method().equals("library")) {
        double alone = alone(kernel);
        double each = flops(kernel);
        int times = timesInModel(shape, kernel);
        line(
            "| %s | %d | %s | %s | %s | %.1f | %s | %.1f | %s |",
            shape.name(),
            times,
            kernel.text("batch"),
            Direction.valueOf(kernel.text("direction")).text(),
            kernel.time(),
            kernel.giga(each),
            share(kernel.giga(each) / arithmetic()),
            alone,
            share(alone / kernel.microseconds()));
        measured += times;
        flops += times * each;
        ours += times * kernel.microseconds();
        theirs += times * alone;
      }
    }
    if (measured == IN_A_STEP) {
      line(
          "| all of a training step | %d | | | %.1f | | %.1f | %s | %.1f | %s |",
          IN_A_STEP,
          ours,
          flops / ours / 1e3,
          share(flops / ours / 1e3 / arithmetic()),
          theirs,
          share(theirs / ours));
    }
  }

  private static Shape shape(Kernel kernel) {
    return ModelConvolutions.of(ConvolutionKernels.IMAGE_SIZE).get(kernel.number("convolution"));
  }

  /** Nobody needs the gradient of the images that the first one takes. */
  private static int timesInModel(Shape shape, Kernel kernel) {
    if (shape.first() && kernel.text("direction").equals(Direction.INPUT_GRADIENT.name())) {
      return 0;
    }
    return (int)
        ModelConvolutions.of(ConvolutionKernels.IMAGE_SIZE).stream().filter(shape::equals).count();
  }

  private double alone(Kernel library) {
    return of(ConvolutionKernels.class).stream()
        .filter(kernel -> kernel.method().equals("oneDnn"))
        .filter(
            kernel ->
                List.of("convolution", "direction", "batch").stream()
                    .allMatch(name -> kernel.text(name).equals(library.text(name))))
        .mapToDouble(Kernel::microseconds)
        .findFirst()
        .orElse(Double.NaN);
  }

  private void others(Caches caches) {
    text.append(
        "\n## The rest\n\n| kernel | microseconds | lowest to highest | | ceiling | of it | touches | in |\n"
            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for (Kernel kernel : of(SearchKernel.class)) {
      double rows = (double) SearchKernel.VECTORS_PER_IMAGE * kernel.number("batch");
      double rate = kernel.giga(2 * rows * kernel.number("codes") * SearchKernel.DIMENSION);
      line(
          "| nearest of %s codes, batch %s | %s | %.1f GFLOP/s | %.1f | %s | | |",
          kernel.text("codes"),
          kernel.text("batch"),
          kernel.time(),
          rate,
          arithmetic(),
          share(rate / arithmetic()));
    }
    for (Traffic traffic : Traffic.values()) {
      double ceiling = bandwidth(traffic);
      for (Kernel kernel : kernels) {
        if (kernel.method().equals(traffic.method())) {
          double rate = kernel.giga(traffic.bytesMoved());
          line(
              "| %s | %s | %.1f GB/s | %.1f | %s | %,d KiB | %s |",
              traffic.text(),
              kernel.time(),
              rate,
              ceiling,
              share(rate / ceiling),
              traffic.kibibytesTouched(),
              caches.holding(traffic.kibibytesTouched()));
        }
      }
    }
  }

  private List<Kernel> of(Class<?> benchmark) {
    return kernels.stream().filter(kernel -> kernel.isIn(benchmark)).toList();
  }

  /** In GFLOP/s. */
  private double arithmetic() {
    DoubleStream products =
        of(ArithmeticCeiling.class).stream().mapToDouble(KernelPage::arithmetic);
    DoubleStream alone =
        of(ConvolutionKernels.class).stream()
            .filter(kernel -> kernel.method().equals("oneDnn"))
            .mapToDouble(kernel -> kernel.giga(flops(kernel)));
    return DoubleStream.concat(products, alone).max().orElse(Double.NaN);
  }

  private static double flops(Kernel convolution) {
    return shape(convolution).flops(convolution.number("batch"));
  }

  private static double arithmetic(Kernel ceiling) {
    return ceiling.giga(2 * Math.pow(ceiling.number("size"), 3));
  }

  /** In GB/s, at the size of a kernel. */
  private double bandwidth(Traffic traffic) {
    return of(BandwidthCeiling.class).stream()
        .filter(ceiling -> ceiling.number("kibibytes") == traffic.kibibytesTouched())
        .mapToDouble(KernelPage::bandwidth)
        .max()
        .orElse(Double.NaN);
  }

  private static double bandwidth(Kernel ceiling) {
    // Each thread does its own share; what `update` reads and writes counts twice.
    double moved = ceiling.method().equals("update") ? 1.5 : 1;
    return ceiling.giga(moved * 1024 * ceiling.number("kibibytes"));
  }

  private static String share(double part) {
    return Double.isNaN(part) ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
