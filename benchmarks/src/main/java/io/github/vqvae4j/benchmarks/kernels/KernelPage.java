package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.benchmarks.convolutions.ModelConvolutions;
import io.github.vqvae4j.benchmarks.convolutions.ModelConvolutions.Shape;
import io.github.vqvae4j.benchmarks.kernels.ConvolutionKernels.Direction;
import io.github.vqvae4j.benchmarks.report.CpuCaches;
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

/** A page with tables of JMH results. Benchmarks that were not run are omitted. */
final class KernelPage {
  private static final String COMMAND =
      "./mvnw -q install -Pquick && ./mvnw -q -f benchmarks compile exec:exec@kernels";
  private static final String METHOD =
      "Measured with JMH in one process per benchmark; times are medians over the iterations. The"
          + " machine's peak rates are measured in the same run. Peak arithmetic rate: the maximum"
          + " that oneDNN reached in any of these benchmarks, in a product of two square matrices"
          + " or in one of the convolutions alone. Peak memory rate: the maximum of copy (a = b),"
          + " triad (a = b + s c) and update (a += s b) on all processors at once, with as many"
          + " bytes as the kernel accesses and thus in the same cache level. Convolutions are"
          + " called as in a training step: forward passes include the bias, and weights are"
          + " reordered in each call. \"oneDNN alone\" is oneDNN's fastest primitive in layouts of"
          + " its choice, without bias and reorders.";

  /** 15 convolutions with three passes each, except for the gradient of the images. */
  private static final int PASSES_PER_STEP = 44;

  private final Machine machine;
  private final List<KernelResult> kernels;
  private final StringBuilder text = new StringBuilder();

  KernelPage(Machine machine, Collection<RunResult> results) {
    this.machine = machine;
    this.kernels = KernelResult.of(results);
  }

  /**
   * Writes the page.
   *
   * @param file the Markdown file
   * @param options the command-line options of the run
   */
  void write(Path file, String options) throws IOException {
    CpuCaches caches = CpuCaches.current();
    String command = options.isEmpty() ? COMMAND : COMMAND + " -Dargs=\"" + options + "\"";
    text.append(machine.header("Kernels", command, METHOD));
    text.append("| caches, all processors | ").append(caches).append(" |\n");
    peakRates(caches);
    convolutions();
    otherKernels(caches);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void peakRates(CpuCaches caches) {
    text.append(
        "\n## Peak rates\n\n| operation | size | cache level | rate |\n"
            + "| --- | ---: | --- | ---: |\n");
    for (KernelResult kernel : of(PeakArithmetic.class)) {
      int n = kernel.number("size");
      line("| matrix product | %d x %d | | %.1f GFLOP/s |", n, n, arithmetic(kernel));
    }
    List<KernelResult> bandwidths = new ArrayList<>(of(PeakBandwidth.class));
    bandwidths.sort(Comparator.comparing(kernel -> kernel.number("kibibytes")));
    for (KernelResult kernel : bandwidths) {
      int size = kernel.number("kibibytes");
      line(
          "| %s | %,d KiB | %s | %.1f GB/s |",
          kernel.method(), size, caches.levelFor(size), bandwidth(kernel));
    }
  }

  private void convolutions() {
    if (of(ConvolutionKernels.class).isEmpty()) {
      return;
    }
    text.append(
        "\n## Convolutions\n\n| convolution | number in model | batch | pass | microseconds |"
            + " min to max | GFLOP/s | of peak | oneDNN alone, microseconds |"
            + " speed relative to oneDNN alone |\n"
            + "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    int measured = 0;
    double totalFlops = 0;
    double microseconds = 0;
    double oneDnnMicroseconds = 0;
    for (KernelResult kernel : of(ConvolutionKernels.class)) {
      Shape shape = shape(kernel);
      if (kernel.method().equals("library")) {
        double oneDnn = oneDnnMicroseconds(kernel);
        double flops = flops(kernel);
        int count = countInModel(shape, kernel);
        line(
            "| %s | %d | %s | %s | %s | %.1f | %s | %.1f | %s |",
            shape.name(),
            count,
            kernel.text("batch"),
            Direction.valueOf(kernel.text("direction")).text(),
            kernel.time(),
            kernel.giga(flops),
            percent(kernel.giga(flops) / peakArithmetic()),
            oneDnn,
            percent(oneDnn / kernel.microseconds()));
        measured += count;
        totalFlops += count * flops;
        microseconds += count * kernel.microseconds();
        oneDnnMicroseconds += count * oneDnn;
      }
    }
    if (measured == PASSES_PER_STEP) {
      line(
          "| all of a training step | %d | | | %.1f | | %.1f | %s | %.1f | %s |",
          PASSES_PER_STEP,
          microseconds,
          totalFlops / microseconds / 1e3,
          percent(totalFlops / microseconds / 1e3 / peakArithmetic()),
          oneDnnMicroseconds,
          percent(oneDnnMicroseconds / microseconds));
    }
  }

  private static Shape shape(KernelResult kernel) {
    return ModelConvolutions.of(ConvolutionKernels.IMAGE_SIZE).get(kernel.number("convolution"));
  }

  /** Counts how often a training step runs a pass; the gradient of the images is not needed. */
  private static int countInModel(Shape shape, KernelResult kernel) {
    if (shape.first() && kernel.text("direction").equals(Direction.INPUT_GRADIENT.name())) {
      return 0;
    }
    return (int)
        ModelConvolutions.of(ConvolutionKernels.IMAGE_SIZE).stream().filter(shape::equals).count();
  }

  private double oneDnnMicroseconds(KernelResult library) {
    return of(ConvolutionKernels.class).stream()
        .filter(kernel -> kernel.method().equals("oneDnn"))
        .filter(
            kernel ->
                List.of("convolution", "direction", "batch").stream()
                    .allMatch(name -> kernel.text(name).equals(library.text(name))))
        .mapToDouble(KernelResult::microseconds)
        .findFirst()
        .orElse(Double.NaN);
  }

  private void otherKernels(CpuCaches caches) {
    text.append(
        "\n## Other kernels\n\n| kernel | microseconds | min to max | rate | peak rate | of peak |"
            + " memory accessed | cache level |\n"
            + "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n");
    for (KernelResult kernel : of(CodeSearchKernel.class)) {
      double latents = (double) CodeSearchKernel.LATENTS_PER_IMAGE * kernel.number("batch");
      double rate = kernel.giga(2 * latents * kernel.number("codes") * CodeSearchKernel.DIMENSION);
      line(
          "| code search, %s codes, batch %s | %s | %.1f GFLOP/s | %.1f | %s | | |",
          kernel.text("codes"),
          kernel.text("batch"),
          kernel.time(),
          rate,
          peakArithmetic(),
          percent(rate / peakArithmetic()));
    }
    for (MemoryTraffic traffic : MemoryTraffic.values()) {
      double peak = peakBandwidth(traffic);
      for (KernelResult kernel : kernels) {
        if (kernel.method().equals(traffic.method())) {
          double rate = kernel.giga(traffic.bytesTransferred());
          line(
              "| %s | %s | %.1f GB/s | %.1f | %s | %,d KiB | %s |",
              traffic.text(),
              kernel.time(),
              rate,
              peak,
              percent(rate / peak),
              traffic.kibibytesAccessed(),
              caches.levelFor(traffic.kibibytesAccessed()));
        }
      }
    }
  }

  private List<KernelResult> of(Class<?> benchmark) {
    return kernels.stream().filter(kernel -> kernel.isIn(benchmark)).toList();
  }

  /** Returns the peak arithmetic rate in GFLOP/s. */
  private double peakArithmetic() {
    DoubleStream products = of(PeakArithmetic.class).stream().mapToDouble(KernelPage::arithmetic);
    DoubleStream convolutions =
        of(ConvolutionKernels.class).stream()
            .filter(kernel -> kernel.method().equals("oneDnn"))
            .mapToDouble(kernel -> kernel.giga(flops(kernel)));
    return DoubleStream.concat(products, convolutions).max().orElse(Double.NaN);
  }

  private static double flops(KernelResult convolution) {
    return shape(convolution).flops(convolution.number("batch"));
  }

  private static double arithmetic(KernelResult result) {
    return result.giga(2 * Math.pow(result.number("size"), 3));
  }

  /** Returns the peak memory rate in GB/s for the memory size of a kernel. */
  private double peakBandwidth(MemoryTraffic traffic) {
    return of(PeakBandwidth.class).stream()
        .filter(result -> result.number("kibibytes") == traffic.kibibytesAccessed())
        .mapToDouble(KernelPage::bandwidth)
        .max()
        .orElse(Double.NaN);
  }

  private static double bandwidth(KernelResult result) {
    // The size is the total of all threads. `update` reads and writes one of its two arrays.
    double accesses = result.method().equals("update") ? 1.5 : 1;
    return result.giga(accesses * 1024 * result.number("kibibytes"));
  }

  private static String percent(double fraction) {
    return Double.isNaN(fraction) ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * fraction);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
