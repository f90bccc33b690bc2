package io.github.vqvae4j.tensor.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelLog;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.tensor.sweep.ConvolutionSettings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares convolutions in float with double, over lists that cover every pair of values of two
 * parameters. The full sweep has larger cases and more lists; see CONTRIBUTING.md.
 */
class ConvolutionSweepTest {
  private static final long SEED = 20_261_128;
  private static final long MAX_MULTIPLICATIONS = Sweep.isFull() ? 60_000_000 : 4_000_000;
  private static final long MAX_PACKING_MULTIPLICATIONS = Sweep.isFull() ? 60_000_000 : 8_000_000;
  private static final long MAX_WINOGRAD_MULTIPLICATIONS =
      Sweep.isFull() ? 200_000_000 : 60_000_000;
  private static final int LISTS = Sweep.isFull() ? 3 : 1;

  /** The maximum number of multiplications of cases that are also computed by plain loops. */
  private static final long MAX_PLAIN_MULTIPLICATIONS = 1_000_000;

  /**
   * The float tolerance relative to the maximum: sums of up to 50,000 products, by any algorithm.
   */
  private static final double FLOAT = 2e-5;

  /** The double tolerance, for a different order of summation. */
  private static final double DOUBLE = 1e-12;

  private static final List<String> SUMMARIES = new ArrayList<>();
  private static KernelLog log;
  private static int plain;
  private static int computed;

  @BeforeAll
  static void startLog() {
    log = new KernelLog(Level.DEBUG);
  }

  static List<Setting> general() {
    List<Setting> all = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      all.addAll(counted("general", ConvolutionSettings.general(SEED + list, MAX_MULTIPLICATIONS)));
    }
    return all;
  }

  static List<Setting> typical() {
    List<Setting> all = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      all.addAll(counted("typical", ConvolutionSettings.typical(SEED + list, MAX_MULTIPLICATIONS)));
    }
    return all;
  }

  static List<Setting> winograd() {
    return counted("Winograd", ConvolutionSettings.winograd(SEED, MAX_WINOGRAD_MULTIPLICATIONS));
  }

  static List<Setting> subPixels() {
    return counted("sub-pixel", ConvolutionSettings.subPixels(SEED, MAX_MULTIPLICATIONS));
  }

  static List<Setting> packingRegressions() {
    return counted(
        "packing regressions",
        ConvolutionSettings.packingRegressions(MAX_PACKING_MULTIPLICATIONS, Sweep.isFull()));
  }

  private static List<Setting> counted(String name, ConvolutionSettings settings) {
    SUMMARIES.add(name + ": " + settings.summary());
    return settings.settings();
  }

  @ParameterizedTest
  @MethodSource({"general", "typical", "winograd", "subPixels", "packingRegressions"})
  void floatMatchesDouble(Setting setting) {
    computed++;
    WithThreads.run(
        setting.threads(),
        () ->
            Sweep.check(
                setting.toString(),
                setting.kernels(),
                FLOAT,
                Rng::nextGaussian,
                setting.convolution()::subject));
  }

  /** Checks the double kernels, which share code with ND4J's float kernels, against plain loops. */
  @Test
  void doubleMatchesPlainLoops() {
    List<Setting> all =
        new ArrayList<>(ConvolutionSettings.general(SEED, MAX_MULTIPLICATIONS).settings());
    all.addAll(ConvolutionSettings.typical(SEED, MAX_MULTIPLICATIONS).settings());
    for (Setting setting : all) {
      if (setting.convolution().multiplications() <= MAX_PLAIN_MULTIPLICATIONS) {
        checkPlain(setting.convolution());
        plain++;
      }
    }
    assertTrue(plain > 50, () -> plain + " cases");
  }

  private static void checkPlain(ConvolutionCase convolution) {
    ConvolutionCase bare =
        new ConvolutionCase(
            convolution.transposed(),
            convolution.batch(),
            convolution.height(),
            convolution.width(),
            convolution.in(),
            convolution.out(),
            convolution.kernelHeight(),
            convolution.kernelWidth(),
            convolution.options(),
            false,
            false,
            false);
    Rng rng = new Rng(SEED);
    try (Subject subject = bare.subject();
        Step step = KernelSet.ND4J.training(rng)) {
      subject.convert(DType.DOUBLE);
      for (Variable variable : subject.variables()) {
        variable.set(rng.doubles(variable.size(), -1, 1).toArray());
      }
      Variable w = subject.variables().get(0);
      Variable x = subject.variables().get(2);
      Tensor y = subject.uses().get(0).apply(step);
      double[] dy = rng.doubles(y.length(), -1, 1).toArray();
      y.mul(step.tensor(dy, y.shape())).sum().backward();
      double[] dx = step.gradient(x).toDoubles();
      double[] dw = step.gradient(w).toDoubles();
      ConvOptions options = convolution.options();
      if (convolution.transposed()) {
        // The transposed convolution computes images from results.
        PlainConvolution expected =
            new PlainConvolution(
                dy, y.shape(), w.toDoubles(), w.shape(), x.toDoubles(), x.shape(), options);
        assertClose(expected.images, y.toDoubles(), convolution + ": result");
        assertClose(expected.results, dx, convolution + ": gradient of the images");
        assertClose(expected.weights, dw, convolution + ": gradient of the weights");
      } else {
        PlainConvolution expected =
            new PlainConvolution(
                x.toDoubles(), x.shape(), w.toDoubles(), w.shape(), dy, y.shape(), options);
        assertClose(expected.results, y.toDoubles(), convolution + ": result");
        assertClose(expected.images, dx, convolution + ": gradient of the images");
        assertClose(expected.weights, dw, convolution + ": gradient of the weights");
      }
    }
  }

  private static void assertClose(double[] expected, double[] actual, String what) {
    double max = 0;
    for (double value : expected) {
      max = Math.max(max, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], DOUBLE * max, what);
    }
  }

  /** Checks that every algorithm was used. */
  @AfterAll
  static void checkAlgorithms() {
    Map<String, Integer> algorithms = new TreeMap<>();
    for (String line : log.linesWith("Convolution ")) {
      String name = line.substring(line.lastIndexOf("]") + 1).replaceAll("^[,: ]+|\\.$", "");
      algorithms.merge(name, 1, Integer::sum);
    }
    log.close();
    SUMMARIES.forEach(System.out::println);
    System.out.println(
        computed + " cases in float, " + plain + " by plain loops; algorithms: " + algorithms);
    for (String name : List.of("Winograd", "sub-pixel", "oneDNN's")) {
      assertTrue(algorithms.keySet().stream().anyMatch(key -> key.contains(name)), name);
    }
  }
}
