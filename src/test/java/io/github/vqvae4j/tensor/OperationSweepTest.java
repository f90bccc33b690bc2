package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.tensor.sweep.Subject;
import io.github.vqvae4j.tensor.sweep.Sweep;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation through variables, as {@link Sweep} does, on both sets of kernels and one and two
 * threads. {@link OperationTest} has the same operations beside their definitions.
 */
class OperationSweepTest {
  private static final long SEED = 20_261_128;
  private static final int RANDOM = Sweep.isFull() ? 60 : 6;

  @TestFactory
  Stream<DynamicTest> inFloatBesideDouble() {
    return Stream.of(
            ElementwiseCases.all(),
            StructureCases.all(),
            NormalizationCases.all(),
            SequenceCases.all(),
            SharingCases.all(),
            ActivationCases.all(),
            LossCases.all(),
            AxisCases.all(),
            PixelCases.all(),
            RandomCases.of(SEED, RANDOM))
        .flatMap(List::stream)
        .flatMap(
            one ->
                Stream.of(KernelSet.values())
                    .flatMap(
                        kernels ->
                            Stream.of(1, 2)
                                .map(
                                    threads ->
                                        dynamicTest(
                                            one + " by " + kernels + " on " + threads,
                                            () -> check(one, kernels, threads)))));
  }

  private static void check(OperationCase one, KernelSet kernels, int threads) {
    OpenMpThreads.with(
        threads,
        () ->
            Sweep.check(
                one + " on " + threads,
                kernels,
                Tolerances.FLOAT,
                one.range()::draw,
                () -> Subject.of(one.shapes(), List.of(one.operation()::apply))));
  }
}
