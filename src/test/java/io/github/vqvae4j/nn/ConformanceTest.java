package io.github.vqvae4j.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks properties that every layer must have. */
class ConformanceTest {
  private static final long SEED = 20;
  private static final double FLOAT = 1e-4;

  static List<Conformance> layers() {
    return concat(all(), Conformance.DIFFERENT_IN_TRAINING);
  }

  static List<Conformance> layersAndQuantizers() {
    return concat(layers(), Conformance.QUANTIZERS);
  }

  static List<Conformance> sameInTraining() {
    return concat(all(), Conformance.QUANTIZERS);
  }

  private static List<Conformance> all() {
    return concat(concat(Conformance.ALL, ConformanceOfModels.ALL), ConformanceOfSeries.ALL);
  }

  private static List<Conformance> concat(List<Conformance> first, List<Conformance> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsMatchCentralDifferences(Conformance conformance) {
    try (Layer layer = conformance.make().apply(new Rng(SEED))) {
      randomize(layer);
      BlockCheck.of(layer, conformance.inputShape()).checkGradients();
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void workersTrainLikeOneWithTheWholeBatch(Conformance conformance) {
    try (Layer layer = conformance.make().apply(new Rng(SEED))) {
      randomize(layer);
      BlockCheck.of(layer, conformance.inputShape()).checkWorkers();
    }
  }

  @ParameterizedTest
  @MethodSource("layersAndQuantizers")
  void layersAreThreadSafe(Conformance conformance) {
    try (Layer layer = conformance.make().apply(new Rng(SEED))) {
      randomize(layer);
      BlockCheck check = BlockCheck.of(layer, conformance.inputShape());
      check.checkThreadSafety();
      layer.convert(DType.DOUBLE);
      check.checkThreadSafety();
    }
  }

  @ParameterizedTest
  @MethodSource("layersAndQuantizers")
  void floatResultsAreCloseToDouble(Conformance conformance) {
    try (Layer layer = conformance.make().apply(new Rng(SEED))) {
      randomize(layer);
      float[] floats = forward(layer, conformance);
      layer.convert(DType.DOUBLE);
      try (Step step = Step.inference()) {
        double[] doubles =
            layer.forward(step.tensor(input(conformance), conformance.inputShape())).toDoubles();
        for (int i = 0; i < floats.length; i++) {
          assertEquals(doubles[i], floats[i], FLOAT * Math.max(1, Math.abs(doubles[i])));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layersAndQuantizers")
  void copyingVariablesByNameCopiesTheLayer(Conformance conformance) {
    try (Layer one = conformance.make().apply(new Rng(SEED));
        Layer other = conformance.make().apply(new Rng(SEED + 1))) {
      randomize(one);
      Map<String, Variable> target = other.variables();
      assertEquals(List.copyOf(one.variables().keySet()), List.copyOf(target.keySet()));
      one.variables().forEach((name, variable) -> target.get(name).set(variable.toFloats()));
      assertArrayEquals(forward(one, conformance), forward(other, conformance));
    }
  }

  @ParameterizedTest
  @MethodSource("sameInTraining")
  void initializationIsDeterministicAndTrainingEqualsInference(Conformance conformance) {
    try (Layer one = conformance.make().apply(new Rng(SEED));
        Layer same = conformance.make().apply(new Rng(SEED))) {
      float[] result = forward(one, conformance);
      assertArrayEquals(result, forward(same, conformance));
      try (Step step = Step.training(new Rng(1))) {
        float[] input = floats(input(conformance));
        Tensor y = one.forward(step.tensor(input, conformance.inputShape()));
        assertArrayEquals(result, y.toFloats());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void everyParameterHasAGradient(Conformance conformance) {
    try (Layer layer = conformance.make().apply(new Rng(SEED))) {
      randomize(layer);
      try (Step step = Step.training(new Rng(1))) {
        Tensor x = step.tensor(floats(input(conformance)), conformance.inputShape());
        Tensor y = layer.forward(x.requireGradient());
        y.square().sum().backward();
        layer
            .variables()
            .forEach(
                (name, variable) -> {
                  if (variable.isTrainable()) {
                    assertFalse(allZero(step.gradient(variable).toFloats()), name);
                  }
                });
      }
      assertTrue(Summary.of(layer, conformance.inputShape()).rows().size() >= 1);
    }
  }

  private static boolean allZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** Randomizes all parameters, including biases, so that zeros do not hide errors. */
  private static void randomize(Layer layer) {
    Rng rng = new Rng(SEED);
    for (Parameter parameter : layer.parameters()) {
      double[] values = parameter.toDoubles();
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (values[i] + 0.1 * rng.nextGaussian());
      }
      parameter.set(values);
    }
  }

  private static float[] forward(Layer layer, Conformance conformance) {
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(floats(input(conformance)), conformance.inputShape());
      return layer.forward(x).toFloats();
    }
  }

  private static double[] input(Conformance conformance) {
    int size = 1;
    for (long d : conformance.inputShape()) {
      size *= (int) d;
    }
    Rng rng = new Rng(SEED + 7);
    double[] input = new double[size];
    for (int i = 0; i < size; i++) {
      input[i] = (float) rng.nextGaussian();
    }
    return input;
  }

  private static float[] floats(double[] doubles) {
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }
}
