package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Invalid calls, with the expected parts of their messages. */
final class ErrorCases {
  private final List<DynamicTest> tests = new ArrayList<>();

  Stream<DynamicTest> tests() {
    return tests.stream();
  }

  void add(DynamicTest test) {
    tests.add(test);
  }

  /** Adds a call that must throw IllegalArgumentException. */
  void addCase(String name, Consumer<Step> call, String... fragments) {
    addCase(IllegalArgumentException.class, name, call, fragments);
  }

  /** Adds a call in a training step that must throw an exception. */
  void addCase(
      Class<? extends Exception> type, String name, Consumer<Step> call, String... fragments) {
    tests.add(
        dynamicTest(
            name,
            () -> {
              try (Step step = Step.training(new Rng(1))) {
                assertMessageContains(assertThrows(type, () -> call.accept(step)), fragments);
              }
            }));
  }

  /** Returns zeros. */
  static Tensor x(Step step, long... shape) {
    return step.tensor(new float[(int) NdArray.size(shape)], shape);
  }

  /** Returns INT zeros. */
  static Tensor ints(Step step, long... shape) {
    return step.tensor(new int[(int) NdArray.size(shape)], shape);
  }
}
