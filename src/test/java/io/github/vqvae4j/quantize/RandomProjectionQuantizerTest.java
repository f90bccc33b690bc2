package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomProjectionQuantizerTest {
  private static final RandomProjectionConfig SMALL =
      RandomProjectionConfig.of(10).codebookSize(50).codebookDimension(4).heads(3);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT", "DOUBLE"})
  void codesMatchPyTorch(DType dtype) throws IOException {
    Golden golden = Golden.read("random_projection");
    long[] projection = golden.shape("projection");
    RandomProjectionConfig config =
        RandomProjectionConfig.of((int) projection[1])
            .codebookDimension((int) projection[2])
            .codebookSize((int) golden.shape("codebook")[1])
            .heads((int) projection[0]);
    try (RandomProjectionQuantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      quantizer.convert(dtype);
      quantizer.variables().forEach((name, variable) -> variable.set(golden.doubles(name)));
      Tensor x = step.tensor(golden.doubles("x"), golden.shape("x")).to(dtype);
      Tensor codes = quantizer.forward(x);
      assertArrayEquals(golden.shape("codes"), codes.shape());
      assertArrayEquals(golden.ints("codes"), codes.toInts());
      assertEquals(config.heads(), quantizer.codebooks().usage(codes).size());
    }
  }

  @Test
  void codesHaveTheGreatestCosine() {
    try (RandomProjectionQuantizer quantizer = SMALL.build(new Rng(5));
        Step step = Step.inference()) {
      double[] p = quantizer.variables().get("projection").toDoubles();
      double[] e = quantizer.variables().get("codebook").toDoubles();
      float[] rows = QuantizerCase.gaussians(200 * 10, 3);
      int[] codes = quantizer.forward(step.tensor(rows, 200, 10)).toInts();
      for (int n = 0; n < 200; n++) {
        for (int head = 0; head < 3; head++) {
          double[] y = projected(Arrays.copyOfRange(rows, n * 10, n * 10 + 10), head, p);
          double chosen = cosine(y, e, head * 50 + codes[n * 3 + head]);
          for (int k = 0; k < 50; k++) {
            assertTrue(cosine(y, e, head * 50 + k) <= chosen + 1e-6);
          }
        }
      }
    }
  }

  private static double[] projected(float[] x, int head, double... p) {
    double mean = 0;
    double squares = 0;
    for (float value : x) {
      mean += value / 10;
      squares += value * value / 10;
    }
    double[] y = new double[4];
    for (int j = 0; j < 4; j++) {
      for (int i = 0; i < 10; i++) {
        double normalized = (x[i] - mean) / Math.sqrt(squares - mean * mean + 1e-5);
        y[j] += normalized * p[(head * 10 + i) * 4 + j];
      }
    }
    return y;
  }

  private static double cosine(double[] y, double[] e, int row) {
    double product = 0;
    double a = 0;
    double b = 0;
    for (int j = 0; j < 4; j++) {
      product += y[j] * e[row * 4 + j];
      a += y[j] * y[j];
      b += e[row * 4 + j] * e[row * 4 + j];
    }
    return product / Math.sqrt(a * b);
  }

  @Test
  void oneSeedHasTheSameBits() throws IOException {
    Path file = folder.resolve("labels.safetensors");
    try (RandomProjectionQuantizer one = SMALL.build(new Rng(7));
        RandomProjectionQuantizer same = SMALL.build(new Rng(7));
        RandomProjectionQuantizer loaded = SMALL.build(new Rng(8))) {
      one.saveWeights(file);
      assertFalse(
          Arrays.equals(
              one.variables().get("codebook").toFloats(),
              loaded.variables().get("codebook").toFloats()));
      loaded.loadWeights(file);
      for (String name : one.variables().keySet()) {
        float[] expected = one.variables().get(name).toFloats();
        assertArrayEquals(expected, same.variables().get(name).toFloats());
        assertArrayEquals(expected, loaded.variables().get(name).toFloats());
      }
      assertTrue(one.parameters().isEmpty());
    }
  }

  /** The projection has the variance of Xavier's, codebook vectors have unit length. */
  @Test
  void initialValuesHaveTheirDistribution() {
    RandomProjectionConfig config = RandomProjectionConfig.of(400);
    try (RandomProjectionQuantizer quantizer = config.build(new Rng(3))) {
      Variable projection = quantizer.variables().get("projection");
      double squares = Arrays.stream(projection.toDoubles()).map(x -> x * x).average().orElse(0);
      assertEquals(2.0 / (400 + 16), squares, 0.0004);
      double[] e = quantizer.variables().get("codebook").toDoubles();
      assertEquals(8192 * 16, e.length);
      for (int row = 0; row < 8192; row++) {
        double length = 0;
        for (int i = row * 16; i < row * 16 + 16; i++) {
          length += e[i] * e[i];
        }
        assertEquals(1, length, 1e-6);
      }
    }
  }

  @Test
  void oneHeadHasCodesOfPositions() {
    try (RandomProjectionQuantizer quantizer = SMALL.heads(1).build(new Rng(3));
        Step step = Step.inference()) {
      Tensor codes = quantizer.forward(step.tensor(new float[2 * 3 * 10], 2, 3, 10));
      assertArrayEquals(new long[] {2, 3}, codes.shape());
      assertEquals(Codebooks.of(50), quantizer.codebooks());
    }
  }

  @Test
  void badInputIsRefused() {
    try (RandomProjectionQuantizer quantizer = SMALL.build(new Rng(3));
        Step step = Step.inference()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> quantizer.forward(step.tensor(new float[6], 2, 3))),
          "RandomProjectionQuantizer: expected vectors [.., 10], got [2, 3]");
      float[] bad = new float[20];
      bad[13] = Float.NaN;
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> quantizer.forward(step.tensor(bad, 2, 10))),
          "row 1, column 3");
    }
    assertMessage("dimension: expected at least 2", 1, 5, 5, 1);
    assertMessage("codebookSize: expected at least 2 codes, got 1", 5, 1, 5, 1);
    assertMessage("codebookDimension: expected at least 1, got 0", 5, 5, 0, 1);
    assertMessage("heads: expected at least 1, got 0", 5, 5, 5, 0);
    assertMessage("at most 2^28 values", 5, 1 << 30, 1 << 30, 2);
  }

  private static void assertMessage(String message, int dimension, int k, int d, int heads) {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> new RandomProjectionConfig(dimension, k, d, heads)),
        message);
  }
}
