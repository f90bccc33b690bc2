package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the definitions in plain Java with PyTorch: two independent statements of each
 * operation. Gradients are central differences of the definition, or explicit formulas at kinks.
 */
class ReferenceGoldenTest {
  @TestFactory
  Stream<DynamicTest> values() throws IOException {
    return GoldenCase.all().stream().map(c -> dynamicTest(c.name(), () -> checkValue(c)));
  }

  @TestFactory
  Stream<DynamicTest> gradients() throws IOException {
    return GoldenCase.all().stream()
        .filter(GoldenCase::hasGradients)
        .map(c -> dynamicTest(c.name(), () -> checkGradients(c)));
  }

  private static void checkValue(GoldenCase c) {
    c.assertClose("y", ReferenceDefinitions.of(c).apply(operands(c)), Tolerances.DOUBLE);
    if (c.has("indices") && "top_k".equals(c.operation())) {
      NdArray indices = ReferenceIndices.topK(c.ndArray("x"), c.integer("k"), c.integer("axis"));
      c.assertClose("indices", indices, 0);
    }
  }

  private static void checkGradients(GoldenCase c) {
    List<String> operands = c.operands();
    List<NdArray> known = ReferenceGradients.of(c);
    List<NdArray> gradients = known.isEmpty() ? centralDifferences(c) : known;
    assertEquals(operands.size(), gradients.size(), c + ": gradients");
    double tolerance = known.isEmpty() ? Tolerances.CENTRAL_DIFFERENCE : Tolerances.DOUBLE;
    for (int i = 0; i < operands.size(); i++) {
      c.assertClose("d" + operands.get(i), gradients.get(i), tolerance);
    }
  }

  private static NdArray[] operands(GoldenCase c) {
    return c.operands().stream().map(c::ndArray).toArray(NdArray[]::new);
  }

  /** Returns the central differences of the sum of y dy for each element of each operand. */
  private static List<NdArray> centralDifferences(GoldenCase c) {
    OperationCase.Definition definition = ReferenceDefinitions.of(c);
    NdArray[] operands = operands(c);
    NdArray dy = c.ndArray("dy");
    List<NdArray> gradients = new ArrayList<>();
    for (NdArray operand : operands) {
      double[] values = operand.values();
      double[] gradient = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        double stored = values[i];
        values[i] = stored + Tolerances.DIFFERENCE_STEP;
        NdArray above = definition.apply(operands);
        values[i] = stored - Tolerances.DIFFERENCE_STEP;
        NdArray below = definition.apply(operands);
        values[i] = stored;
        for (int j = 0; j < dy.values().length; j++) {
          gradient[i] +=
              dy.values()[j]
                  * (above.values()[j] - below.values()[j])
                  / (2 * Tolerances.DIFFERENCE_STEP);
        }
      }
      gradients.add(new NdArray(gradient, operand.shape()));
    }
    return gradients;
  }
}
