package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.quantize.QuantizerOracle.Batch;
import io.github.vqvae4j.random.RngKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Batches of {@link QuantizerContractTest} and comparisons of their results. */
final class QuantizerBatches {
  static final int EXAMPLES = 12;
  static final int PLACES = 5;

  private QuantizerBatches() {}

  static Batch batch(Quantizer quantizer, int step) {
    int size = EXAMPLES * PLACES * quantizer.dimension();
    double[] upstream = gaussians(size, 1_000 + step);
    return new Batch(new RngKey(5, step, 0), gaussians(size, step), PLACES, upstream, 0);
  }

  private static double[] gaussians(int count, long seed) {
    float[] floats = QuantizerCase.gaussians(count, seed);
    double[] values = new double[count];
    Arrays.setAll(values, i -> floats[i]);
    return values;
  }

  static QuantizerPass whole(QuantizerCase test, Quantizer quantizer, Batch batch) {
    return QuantizerPass.of(test, quantizer, batch, Communicator.single(), 0, EXAMPLES);
  }

  static void assertClose(String label, double[] expected, double[] actual, double tolerance) {
    assertEquals(expected.length, actual.length, label);
    double scale = Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
    assertArrayEquals(expected, actual, tolerance * scale, label);
  }

  static void assertClose(
      Map<String, double[]> expected, Map<String, double[]> actual, double tolerance) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertClose(name, values, actual.get(name), tolerance));
  }

  static void assertSame(Map<String, double[]> expected, Map<String, double[]> actual) {
    assertClose(expected, actual, 0);
  }

  static double[] array(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  static void assertSameResults(QuantizerCase test, QuantizerPass expected, QuantizerPass actual) {
    assertArrayEquals(expected.codes(), actual.codes());
    assertClose("values", expected.values(), actual.values(), test.tolerance());
    assertClose("terms", array(expected.terms()), array(actual.terms()), test.tolerance());
    assertClose("latents", expected.toLatents(), actual.toLatents(), test.tolerance());
    assertClose(expected.toParameters(), actual.toParameters(), test.tolerance());
  }

  /** Trains two steps and compares all bits. */
  static void assertSameSteps(QuantizerCase test, Quantizer expected, Quantizer actual) {
    for (int step = 0; step < 2; step++) {
      QuantizerPass one = whole(test, expected, batch(expected, step));
      QuantizerPass other = whole(test, actual, batch(actual, step));
      assertArrayEquals(one.codes(), other.codes());
      assertArrayEquals(one.values(), other.values());
      assertArrayEquals(one.toLatents(), other.toLatents());
      assertSame(one.toParameters(), other.toParameters());
      one.updates().run();
      other.updates().run();
      assertSame(QuantizerOracle.state(expected), QuantizerOracle.state(actual));
    }
  }
}
