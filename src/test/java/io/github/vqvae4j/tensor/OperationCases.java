package io.github.vqvae4j.tensor;

import java.util.List;
import java.util.stream.Stream;

/** All operations with settings and shapes; see {@link OperationCoverageTest}. */
final class OperationCases {
  private OperationCases() {}

  /** Returns the cases whose gradient is the derivative of the definition. */
  static Stream<OperationCase> differentiable() {
    return Stream.of(
            ElementwiseCases.all(),
            ActivationCases.all(),
            IntegerCases.all(),
            ReductionCases.all(),
            AxisCases.all(),
            LossCases.all(),
            StructureCases.all(),
            ShapeCases.all(),
            SequenceCases.all(),
            ImageCases.all(),
            NormalizationCases.all(),
            SharedOperandCases.all(),
            CustomCases.all())
        .flatMap(List::stream);
  }

  /** Returns all cases except convolutions, which are swept separately. */
  static Stream<OperationCase> withoutConvolutions() {
    return Stream.concat(differentiable(), StraightThroughCases.all().stream());
  }

  static Stream<OperationCase> all() {
    return Stream.concat(withoutConvolutions(), ConvolutionCases.all().stream());
  }
}
