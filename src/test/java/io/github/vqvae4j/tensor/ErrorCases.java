package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Mistakes, and what must be said of each. */
final class ErrorCases {
  private final List<DynamicTest> tests = new ArrayList<>();

  Stream<DynamicTest> tests() {
    return tests.stream();
  }

  void add(DynamicTest test) {
    tests.add(test);
  }

  /** A mistake that is an argument's. */
  void addCase(String name, Consumer<Step> mistake, String... parts) {
    addCase(IllegalArgumentException.class, name, mistake, parts);
  }

  /** A mistake in a training step. */
  void addCase(
      Class<? extends Exception> type, String name, Consumer<Step> mistake, String... parts) {
    tests.add(
        dynamicTest(
            name,
            () -> {
              try (Step step = Step.training(new Rng(1))) {
                assertSays(assertThrows(type, () -> mistake.accept(step)), parts);
              }
            }));
  }

  /** Zeros. */
  static Tensor x(Step step, long... shape) {
    return step.tensor(new float[(int) NdArray.size(shape)], shape);
  }

  /** Zeros in INT. */
  static Tensor ints(Step step, long... shape) {
    return step.tensor(new int[(int) NdArray.size(shape)], shape);
  }
}
