package io.github.vqvae4j.tensor.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.KernelLog;
import io.github.vqvae4j.tensor.KernelSet;
import io.github.vqvae4j.tensor.OpenMpThreads;
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
 * Convolutions in float beside double, over lists in which every pair of values of two settings
 * occurs. The long form has larger cases and more lists; see CONTRIBUTING.md.
 */
class ConvolutionSweepTest {
  private static final long SEED = 20_261_128;
  private static final long MOST = Sweep.isFull() ? 60_000_000 : 8_000_000;
  private static final long MOST_TILES = Sweep.isFull() ? 200_000_000 : 60_000_000;
  private static final int LISTS = Sweep.isFull() ? 3 : 1;

  /** Multiplications of the cases that are computed by plain loops too. */
  private static final long MOST_PLAIN = 1_000_000;

  /** Of the largest number: sums of up to 50,000 products in float, by any algorithm. */
  private static final double FLOAT = 2e-5;

  /** In double, in another order of summation. */
  private static final double DOUBLE = 1e-12;

  private static final List<String> SUMMARIES = new ArrayList<>();
  private static KernelLog log;
  private static int plain;
  private static int computed;

  @BeforeAll
  static void listen() {
    log = new KernelLog(Level.DEBUG);
  }

  static List<Setting> general() {
    List<Setting> all = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      all.addAll(counted("general", ConvolutionSettings.general(SEED + list, MOST)));
    }
    return all;
  }

  static List<Setting> usual() {
    List<Setting> all = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      all.addAll(counted("usual", ConvolutionSettings.usual(SEED + list, MOST)));
    }
    return all;
  }

  static List<Setting> winograd() {
    return counted("Winograd", ConvolutionSettings.winograd(SEED, MOST_TILES));
  }

  static List<Setting> subPixels() {
    return counted("sub-pixels", ConvolutionSettings.subPixels(SEED, MOST));
  }

  static List<Setting> onceWrong() {
    return counted("once wrong", ConvolutionSettings.onceWrong(MOST));
  }

  private static List<Setting> counted(String name, ConvolutionSettings settings) {
    SUMMARIES.add(name + ": " + settings.summary());
    return settings.settings();
  }

  @ParameterizedTest
  @MethodSource({"general", "usual", "winograd", "subPixels", "onceWrong"})
  void inFloatBesideDouble(Setting setting) {
    computed++;
    OpenMpThreads.with(
        setting.threads(),
        () ->
            Sweep.check(
                setting.toString(),
                setting.kernels(),
                FLOAT,
                Rng::nextGaussian,
                setting.convolution()::subject));
  }

  /** The kernels for double share code with ND4J's for float; this is what is right. */
  @Test
  void inDoubleBesidePlainLoops() {
    List<Setting> all = new ArrayList<>(ConvolutionSettings.general(SEED, MOST).settings());
    all.addAll(ConvolutionSettings.usual(SEED, MOST).settings());
    for (Setting setting : all) {
      if (setting.convolution().multiplications() <= MOST_PLAIN) {
        checkPlain(setting.convolution());
        plain++;
      }
    }
    assertTrue(plain > 50, () -> plain + " cases");
  }

  private static void checkPlain(ConvolutionCase one) {
    ConvolutionCase bare =
        new ConvolutionCase(
            one.transposed(),
            one.batch(),
            one.height(),
            one.width(),
            one.in(),
            one.out(),
            one.kernelHeight(),
            one.kernelWidth(),
            one.window(),
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
      ConvOptions window = one.window();
      if (one.transposed()) {
        // Its result is the sum for images, given x; its input's gradient that for results.
        PlainConvolution sums =
            new PlainConvolution(
                dy, y.shape(), w.toDoubles(), w.shape(), x.toDoubles(), x.shape(), window);
        assertClose(sums.ofImages, y.toDoubles(), one + ": result");
        assertClose(sums.ofResults, dx, one + ": gradient of the images");
        assertClose(sums.ofWeights, dw, one + ": gradient of the weights");
      } else {
        PlainConvolution sums =
            new PlainConvolution(
                x.toDoubles(), x.shape(), w.toDoubles(), w.shape(), dy, y.shape(), window);
        assertClose(sums.ofResults, y.toDoubles(), one + ": result");
        assertClose(sums.ofImages, dx, one + ": gradient of the images");
        assertClose(sums.ofWeights, dw, one + ": gradient of the weights");
      }
    }
  }

  private static void assertClose(double[] expected, double[] actual, String what) {
    double largest = 0;
    for (double number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], DOUBLE * largest, what);
    }
  }

  /** Every algorithm was reached. */
  @AfterAll
  static void count() {
    Map<String, Integer> algorithms = new TreeMap<>();
    for (String line : log.linesWith("Convolution ")) {
      String name = line.substring(line.lastIndexOf("]") + 1).replaceAll("^[,: ]+|\\.$", "");
      algorithms.merge(name, 1, Integer::sum);
    }
    log.close();
    SUMMARIES.forEach(System.out::println);
    System.out.println(
        computed + " cases in float, " + plain + " by plain loops; algorithms: " + algorithms);
    for (String name : List.of("Winograd", "sub-pixels", "oneDNN's")) {
      assertTrue(algorithms.keySet().stream().anyMatch(key -> key.contains(name)), name);
    }
  }
}
