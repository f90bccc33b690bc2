package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares every case of golden/core_operations.safetensors with the library. */
class CoreOperationGoldenTest {
  @TestFactory
  Stream<DynamicTest> operations() throws IOException {
    return GoldenCase.all().stream()
        .flatMap(
            c ->
                Stream.of(
                    test(c, KernelSet.ND4J, DType.DOUBLE),
                    test(c, KernelSet.ND4J, DType.FLOAT),
                    test(c, KernelSet.ONEDNN, DType.FLOAT)));
  }

  private static DynamicTest test(GoldenCase c, KernelSet kernels, DType dtype) {
    return dynamicTest(
        c.name() + " in " + dtype + " by " + kernels, () -> check(c, kernels, dtype));
  }

  private static void check(GoldenCase c, KernelSet kernels, DType dtype) {
    double tolerance = dtype == DType.DOUBLE ? Tolerances.DOUBLE : Tolerances.FLOAT;
    try (Step step = kernels.training(new Rng(1))) {
      List<String> names = c.operands();
      Tensor[] operands = new Tensor[names.size()];
      for (int i = 0; i < operands.length; i++) {
        Tensor operand = tensor(step, dtype, c, names.get(i));
        operands[i] = c.isInteger(names.get(i)) ? operand : operand.requireGradient();
      }
      Tensor y = apply(c, step, dtype, operands);
      c.assertClose("y", ndArray(y), tolerance);
      // The result of one-hot cases has the tested data type, so that FLOAT and DOUBLE are
      // covered.
      assertEquals(
          c.isInteger("y") && !c.operation().equals("one_hot") ? DType.INT : dtype, y.dtype());
      if (!c.hasGradients()) {
        return;
      }
      y.mul(tensor(step, dtype, c, "dy")).sum().backward();
      for (int i = 0; i < operands.length; i++) {
        c.assertClose("d" + names.get(i), ndArray(operands[i].gradient()), tolerance);
      }
    }
  }

  private static Tensor apply(GoldenCase c, Step step, DType dtype, Tensor... t) {
    return switch (c.operation()) {
      case "sub" -> t[0].sub(c.number("number"));
      case "div" -> t[0].div(c.number("number"));
      case "rsub" -> t[0].rsub(c.number("number"));
      case "pow" -> t[0].pow(c.number("exponent"));
      case "sin" -> t[0].sin();
      case "cos" -> t[0].cos();
      case "elu" -> t[0].elu(c.number("alpha"));
      case "round" -> t[0].round();
      case "floor" -> t[0].floor();
      case "sign" -> t[0].sign();
      case "round_straight_through" -> t[0].straightThrough(Tensor::round);
      case "floor_straight_through" -> t[0].straightThrough(Tensor::floor);
      case "sign_straight_through" -> t[0].straightThrough(Tensor::sign);
      case "maximum" -> t[0].maximum(t[1]);
      case "minimum" -> t[0].minimum(t[1]);
      case "maximum_same" -> t[0].maximum(t[0]);
      case "minimum_same" -> t[0].minimum(t[0]);
      case "lt", "le", "gt", "ge", "eq", "ne" ->
          c.hasAttribute("number")
              ? compare(c.operation(), t[0], c.number("number"))
              : compare(c.operation(), t[0], t[1]);
      case "where" -> Tensor.where(tensor(step, dtype, c, "condition"), t[0], t[1]);
      case "masked_fill" -> t[0].maskedFill(tensor(step, dtype, c, "mask"), c.number("number"));
      case "argmax" -> t[0].argmax(c.flag("keep_dims"), c.integer("axis"));
      case "argmin" -> t[0].argmin(c.flag("keep_dims"), c.integer("axis"));
      case "top_k" -> {
        TopK actual = t[0].topK(c.integer("k"), c.integer("axis"));
        c.assertClose("indices", ndArray(actual.indices()), 0);
        yield actual.values();
      }
      case "one_hot" -> t[0].oneHot(c.integer("classes"), dtype);
      case "gather" -> t[0].gather(c.integer("axis"), tensor(step, dtype, c, "indices"));
      case "index_select" -> t[0].indexSelect(c.integer("axis"), tensor(step, dtype, c, "indices"));
      case "embedding" -> t[0].embedding(tensor(step, dtype, c, "indices"));
      case "scatter_add" ->
          t[0].scatterAdd(c.integer("axis"), tensor(step, dtype, c, "indices"), t[1]);
      case "cross_entropy" -> {
        Tensor classes = tensor(step, dtype, c, "classes");
        yield c.hasAttribute("ignore_index")
            ? t[0].crossEntropy(classes, c.integer("ignore_index"))
            : t[0].crossEntropy(classes);
      }
      case "sum" -> t[0].sum(c.flag("keep_dims"), c.integers("axes"));
      case "mean" -> t[0].mean(c.flag("keep_dims"), c.integers("axes"));
      case "max" -> t[0].max(c.flag("keep_dims"), c.integers("axes"));
      case "min" -> t[0].min(c.flag("keep_dims"), c.integers("axes"));
      case "var" -> t[0].var(c.integer("correction"), c.flag("keep_dims"), c.integers("axes"));
      case "std" -> t[0].std(c.integer("correction"), c.flag("keep_dims"), c.integers("axes"));
      case "log_sum_exp" -> t[0].logSumExp(c.flag("keep_dims"), c.integers("axes"));
      case "l2_normalize" -> t[0].l2Normalize(c.integer("axis"), c.number("epsilon"));
      case "stack" -> Tensor.stack(c.integer("axis"), List.of(t[0], t[1], t[0]));
      case "expand" -> t[0].expand(Arrays.stream(c.integers("shape")).asLongStream().toArray());
      case "matmul" -> t[0].matmul(c.flag("transposed"), t[1], c.flag("other_transposed"));
      case "pad" ->
          t[0].pad(c.integer("axis"), c.integer("before"), c.integer("after"), c.number("value"));
      case "pad_reflect" ->
          t[0].padReflect(c.integer("axis"), c.integer("before"), c.integer("after"));
      default -> convolution(c, step, dtype, t);
    };
  }

  private static Tensor compare(String comparison, Tensor a, Tensor b) {
    return switch (comparison) {
      case "lt" -> a.lt(b);
      case "le" -> a.le(b);
      case "gt" -> a.gt(b);
      case "ge" -> a.ge(b);
      case "eq" -> a.eq(b);
      default -> a.ne(b);
    };
  }

  private static Tensor compare(String comparison, Tensor a, double number) {
    return switch (comparison) {
      case "lt" -> a.lt(number);
      case "le" -> a.le(number);
      case "gt" -> a.gt(number);
      case "ge" -> a.ge(number);
      case "eq" -> a.eq(number);
      default -> a.ne(number);
    };
  }

  /** The operands are x, weight, bias and gain. */
  private static Tensor convolution(GoldenCase c, Step step, DType dtype, Tensor... t) {
    ConvOptions plain = ConvOptions.of(1, 0);
    return switch (c.operation()) {
      case "conv2d" -> t[0].conv2d(t[1], t[2], options(c));
      case "conv1d" -> t[0].conv1d(t[1], t[2], options(c));
      case "conv1d_causal" -> {
        int dilation = c.integers("dilation")[0];
        int before = dilation * ((int) t[1].size(0) - 1);
        ConvOptions options = plain.dilation(1, dilation).padding(0, 0, before, 0);
        yield t[0].conv1d(t[1], t[2], options);
      }
      case "conv2d_masked" -> {
        Tensor mask = tensor(step, dtype, c, "mask").to(dtype);
        yield t[0].conv2d(t[1].mul(mask), t[2], options(c));
      }
      case "conv1d_masked" -> {
        Tensor mask = tensor(step, dtype, c, "mask").to(dtype);
        yield t[0].conv1d(t[1].mul(mask), t[2], options(c));
      }
      case "weight_norm" -> t[0].weightNorm(t[1]);
      case "conv2d_weight_norm" -> t[0].conv2d(t[1].weightNorm(t[3]), t[2], plain);
      case "conv1d_weight_norm" -> t[0].conv1d(t[1].weightNorm(t[3]), t[2], plain);
      case "conv_transpose2d_weight_norm" ->
          t[0].convTranspose2d(t[1].weightNorm(t[3]), t[2], plain);
      default -> throw new AssertionError("no operation for " + c);
    };
  }

  private static ConvOptions options(GoldenCase c) {
    int[] stride = heightAndWidth(c, "stride");
    int[] dilation = heightAndWidth(c, "dilation");
    int[] padding = c.integers("padding");
    int width = padding.length - 2;
    return ConvOptions.of(1, 0)
        .stride(stride[0], stride[1])
        .padding(
            width == 0 ? 0 : padding[0],
            width == 0 ? 0 : padding[1],
            padding[width],
            padding[width + 1])
        .dilation(dilation[0], dilation[1])
        .groups(c.hasAttribute("groups") ? c.integer("groups") : 1);
  }

  private static int[] heightAndWidth(GoldenCase c, String name) {
    int[] actual = c.hasAttribute(name) ? c.integers(name) : new int[] {1};
    return actual.length == 2 ? actual : new int[] {1, actual[0]};
  }

  private static Tensor tensor(Step step, DType dtype, GoldenCase c, String key) {
    NdArray ndArray = c.ndArray(key);
    return c.isInteger(key)
        ? step.tensor(
            Arrays.stream(ndArray.values()).mapToInt(v -> (int) v).toArray(), ndArray.shape())
        : Tensors.of(step, dtype, ndArray);
  }

  private static NdArray ndArray(Tensor tensor) {
    return new NdArray(
        tensor.dtype() == DType.INT
            ? Arrays.stream(tensor.toInts()).asDoubleStream().toArray()
            : tensor.toDoubles(),
        tensor.shape());
  }
}
