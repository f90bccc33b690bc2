package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.OperationCase.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Cases of losses, with gradients with respect to prediction and target. */
final class LossCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private LossCases() {}

  static List<OperationCase> all() {
    LossCases lists = new LossCases();
    lists.add("meanAbsoluteError", Tensor::meanAbsoluteError, (x, t) -> Math.abs(x - t));
    for (double delta : new double[] {1, 0.3, 5}) {
      lists.add(
          "huber " + delta,
          (x, t) -> x.huber(t, delta),
          (x, t) -> ReferenceFunctions.huber(x, t, delta));
    }
    lists.add(
        "binaryCrossEntropyWithLogits",
        Tensor::binaryCrossEntropyWithLogits,
        ReferenceFunctions::binaryCrossEntropy);
    lists.addCrossEntropy();
    return lists.cases;
  }

  private void add(String name, BinaryOperator<Tensor> operation, DoubleBinaryOperator definition) {
    for (long[] s : List.of(shape(1), shape(13), shape(1021), shape(3, 5), shape(2, 3, 5, 7))) {
      cases.add(
          OperationCase.of(
              name,
              Range.NORMAL,
              t -> operation.apply(t[0], t[1]),
              n -> mean(Reference.zip(n[0], n[1], definition)),
              s,
              s));
    }
  }

  private static NdArray mean(NdArray x) {
    return Reference.mean(x, IntStream.range(0, x.shape().length).toArray());
  }

  private void addCrossEntropy() {
    for (long[] s :
        List.of(shape(1), shape(5), shape(3, 1), shape(1, 7), shape(11, 13), shape(2, 3, 5, 17))) {
      int classes = (int) s[s.length - 1];
      int[] targets = new Rng(classes).ints(NdArray.size(s) / classes, 0, classes).toArray();
      cases.add(
          OperationCase.of(
              "crossEntropy",
              Range.NORMAL,
              t -> t[0].crossEntropy(targets),
              n -> ReferenceFunctions.crossEntropy(n[0], targets),
              s));
    }
  }
}
