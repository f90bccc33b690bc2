package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.sweep.Subject;
import io.github.vqvae4j.tensor.sweep.Sweep;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs every operation on variables by {@link Sweep}, for both kernel sets, with one and two
 * threads. {@link OperationTest} compares the same operations with their definitions.
 */
class OperationSweepTest {
  private static final long SEED = 20_261_128;
  private static final int RANDOM = Sweep.isFull() ? 60 : 6;

  @TestFactory
  Stream<DynamicTest> floatMatchesDouble() {
    Stream<OperationCase> cases =
        Stream.concat(OperationCases.withoutConvolutions(), RandomCases.of(SEED, RANDOM).stream());
    return Sweep.tests(
        cases,
        Tolerances.FLOAT,
        testCase -> testCase.range()::draw,
        testCase -> Subject.of(testCase.shapes(), List.of(testCase.operation()::apply)));
  }
}
