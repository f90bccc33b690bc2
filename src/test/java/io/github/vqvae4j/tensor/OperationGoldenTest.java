package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares activations, losses, softmax, pooling, padding, matrix products and attention, and their
 * gradients, with PyTorch.
 */
class OperationGoldenTest {
  private static final ConvOptions WINDOW = ConvOptions.of(1, 0).stride(2, 1).padding(1, 1);

  private final Map<String, BinaryOperator<Tensor>> operations = new HashMap<>();

  @TestFactory
  Stream<DynamicTest> operations() throws IOException {
    Golden golden = Golden.read("operations");
    int[] targets = golden.ints("cross_entropy.targets");
    add("leaky_relu", x -> x.leakyRelu(0.01));
    add("silu", Tensor::silu);
    add("gelu", Tensor::gelu);
    add("softplus", Tensor::softplus);
    add("clamp", x -> x.clamp(-0.5, 0.75));
    add("softmax", x -> x.softmax(1));
    add("log_softmax", x -> x.logSoftmax(-1));
    add("cumsum", x -> x.cumsum(1));
    add("max", x -> x.max(0, 2));
    add("average_pool", x -> x.averagePool(3, 2, WINDOW));
    add("max_pool", x -> x.maxPool(3, 2, WINDOW));
    add("pad_zeros", x -> x.pad(new Padding(Padding.Mode.ZEROS, 1, 2, 3, 0)));
    add("pad_reflect", x -> x.pad(new Padding(Padding.Mode.REFLECT, 1, 2, 3, 0)));
    add("cross_entropy", x -> x.crossEntropy(targets));
    add("space_to_depth", x -> x.spaceToDepth(2));
    add("depth_to_space", x -> x.depthToSpace(2));
    operations.put("matmul", Tensor::matmul);
    operations.put("matmul_transposed", (x, other) -> x.matmul(true, other, true));
    operations.put("attention", (x, t) -> Tensor.scaledDotProductAttention(x, t, t, false));
    operations.put("attention_causal", (x, t) -> Tensor.scaledDotProductAttention(x, t, t, true));
    operations.put("mean_absolute_error", Tensor::meanAbsoluteError);
    operations.put("huber", (x, target) -> x.huber(target, 0.7));
    operations.put("binary_cross_entropy", Tensor::binaryCrossEntropyWithLogits);
    return operations.keySet().stream()
        .sorted()
        .flatMap(
            name ->
                Stream.of(
                    test(golden, name, KernelSet.ND4J, DType.DOUBLE),
                    test(golden, name, KernelSet.ND4J, DType.FLOAT),
                    test(golden, name, KernelSet.ONEDNN, DType.FLOAT)));
  }

  private void add(String name, UnaryOperator<Tensor> operation) {
    operations.put(name, (x, none) -> operation.apply(x));
  }

  private DynamicTest test(Golden golden, String name, KernelSet kernels, DType dtype) {
    return dynamicTest(
        name + " in " + dtype + " by " + kernels, () -> check(golden, name, kernels, dtype));
  }

  private void check(Golden golden, String name, KernelSet kernels, DType dtype) {
    double tolerance = dtype == DType.DOUBLE ? Tolerances.DOUBLE : Tolerances.FLOAT;
    try (Step step = kernels.training(new Rng(1))) {
      Tensor x = tensor(step, dtype, golden, name + ".x").requireGradient();
      boolean compares = golden.has(name + ".target");
      Tensor target =
          compares ? tensor(step, dtype, golden, name + ".target").requireGradient() : null;

      Tensor y = operations.get(name).apply(x, target);
      y.mul(tensor(step, dtype, golden, name + ".dy")).sum().backward();

      assertArrayEquals(golden.shape(name + ".y"), y.shape());
      golden.assertClose(name + ".y", y.toDoubles(), tolerance);
      golden.assertClose(name + ".dx", x.gradient().toDoubles(), tolerance);
      if (compares) {
        golden.assertClose(name + ".dtarget", target.gradient().toDoubles(), tolerance);
      }
    }
  }

  private static Tensor tensor(Step step, DType dtype, Golden golden, String key) {
    return Tensors.of(step, dtype, new NdArray(golden.doubles(key), golden.shape(key)));
  }
}
