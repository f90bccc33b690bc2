package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * Cases of straight-through functions, whose gradient cannot be determined by central differences.
 */
final class StraightThroughCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private StraightThroughCases() {}

  static List<OperationCase> all() {
    StraightThroughCases lists = new StraightThroughCases();
    lists.add("round", Tensor::round, Math::rint);
    lists.add("floor", Tensor::floor, Math::floor);
    lists.add("sign", Tensor::sign, Math::signum);
    return lists.cases;
  }

  private void add(String name, UnaryOperator<Tensor> forward, DoubleUnaryOperator definition) {
    for (long[] s : List.of(shape(1), shape(1021), shape(3, 5), shape(2, 8, 8, 16))) {
      cases.add(
          OperationCase.of(
              name + " straight through",
              Range.NORMAL,
              t -> t[0].straightThrough(forward),
              n -> Reference.map(n[0], definition),
              s));
    }
  }
}
