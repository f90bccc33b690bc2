package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Definitions in plain Java of all operations of the golden cases. */
final class ReferenceDefinitions {
  private ReferenceDefinitions() {}

  /** Returns the definition, whose inputs are the operands of the case in order. */
  static Definition of(GoldenCase c) {
    return switch (c.operation()) {
      case "sub" -> map(v -> v - c.number("number"));
      case "div" -> map(v -> v / c.number("number"));
      case "rsub" -> map(v -> c.number("number") - v);
      case "pow" -> map(v -> Math.pow(v, c.number("exponent")));
      case "sin" -> map(Math::sin);
      case "cos" -> map(Math::cos);
      case "elu" -> map(v -> v > 0 ? v : c.number("alpha") * Math.expm1(v));
      case "round", "round_straight_through" -> map(Math::rint);
      case "floor", "floor_straight_through" -> map(Math::floor);
      case "sign", "sign_straight_through" -> map(Math::signum);
      case "maximum" -> n -> Reference.zip(n[0], n[1], Math::max);
      case "minimum" -> n -> Reference.zip(n[0], n[1], Math::min);
      case "maximum_same", "minimum_same" -> map(v -> v);
      case "lt", "le", "gt", "ge", "eq", "ne" -> comparison(c);
      case "where" -> n -> ReferenceIndices.where(c.ndArray("condition"), n[0], n[1]);
      case "masked_fill" ->
          n -> ReferenceIndices.maskedFill(n[0], c.ndArray("mask"), c.number("number"));
      case "argmax", "argmin", "top_k", "one_hot" -> search(c);
      case "gather", "index_select", "embedding", "scatter_add", "cross_entropy" -> lookup(c);
      case "sum", "mean", "max", "min", "var", "std", "log_sum_exp" -> reduction(c);
      case "l2_normalize" ->
          n -> ReferenceAxes.l2Normalize(n[0], c.integer("axis"), c.number("epsilon"));
      case "stack", "expand", "matmul", "pad", "pad_reflect" -> structure(c);
      default -> convolution(c);
    };
  }

  private static Definition map(DoubleUnaryOperator function) {
    return n -> Reference.map(n[0], function);
  }

  private static Definition comparison(GoldenCase c) {
    return n -> {
      NdArray other =
          c.hasAttribute("number") ? new NdArray(new double[] {c.number("number")}, 1) : n[1];
      return Reference.zip(n[0], other, (a, b) -> holds(c.operation(), a, b) ? 1 : 0);
    };
  }

  private static boolean holds(String comparison, double a, double b) {
    return switch (comparison) {
      case "lt" -> a < b;
      case "le" -> a <= b;
      case "gt" -> a > b;
      case "ge" -> a >= b;
      case "eq" -> a == b;
      default -> a != b;
    };
  }

  private static Definition search(GoldenCase c) {
    return switch (c.operation()) {
      case "argmax" -> n -> ReferenceIndices.argmax(n[0], c.flag("keep_dims"), c.integer("axis"));
      case "argmin" -> n -> ReferenceIndices.argmin(n[0], c.flag("keep_dims"), c.integer("axis"));
      case "one_hot" -> n -> ReferenceIndices.oneHot(n[0], c.integer("classes"));
      default ->
          n -> {
            int axis = c.integer("axis");
            return ReferenceIndices.gather(
                n[0], axis, ReferenceIndices.topK(n[0], c.integer("k"), axis));
          };
    };
  }

  private static Definition lookup(GoldenCase c) {
    return switch (c.operation()) {
      case "gather" -> n -> ReferenceIndices.gather(n[0], c.integer("axis"), c.ndArray("indices"));
      case "index_select" ->
          n -> ReferenceIndices.indexSelect(n[0], c.integer("axis"), c.ndArray("indices"));
      case "embedding" -> n -> ReferenceIndices.indexSelect(n[0], 0, c.ndArray("indices"));
      case "scatter_add" ->
          n -> ReferenceIndices.scatterAdd(n[0], c.integer("axis"), c.ndArray("indices"), n[1]);
      default -> {
        // An index that matches no class.
        int ignored = c.hasAttribute("ignore_index") ? c.integer("ignore_index") : -100;
        yield n -> ReferenceIndices.crossEntropy(n[0], c.ndArray("classes"), ignored);
      }
    };
  }

  private static Definition reduction(GoldenCase c) {
    ToDoubleFunction<double[]> function =
        switch (c.operation()) {
          case "sum" -> ReferenceAxes::sum;
          case "mean" -> ReferenceAxes::mean;
          case "max" -> ReferenceAxes::max;
          case "min" -> ReferenceAxes::min;
          case "var" -> values -> ReferenceAxes.var(c.integer("correction"), values);
          case "std" -> values -> Math.sqrt(ReferenceAxes.var(c.integer("correction"), values));
          default -> ReferenceAxes::logSumExp;
        };
    return n -> ReferenceAxes.reduce(n[0], c.flag("keep_dims"), function, c.integers("axes"));
  }

  private static Definition structure(GoldenCase c) {
    return switch (c.operation()) {
      case "stack" -> n -> ReferenceShapes.stack(c.integer("axis"), List.of(n[0], n[1], n[0]));
      case "expand" -> n -> ReferenceShapes.expand(n[0], c.integers("shape"));
      case "matmul" ->
          n -> ReferenceShapes.matmul(n[0], c.flag("transposed"), n[1], c.flag("other_transposed"));
      case "pad" ->
          n ->
              ReferenceShapes.pad(
                  n[0],
                  c.integer("axis"),
                  c.integer("before"),
                  c.integer("after"),
                  c.number("value"));
      default ->
          n ->
              ReferenceShapes.padReflect(
                  n[0], c.integer("axis"), c.integer("before"), c.integer("after"));
    };
  }

  /** The operands are x, weight, bias and gain. */
  private static Definition convolution(GoldenCase c) {
    ConvOptions plain = ConvOptions.of(1, 0);
    return switch (c.operation()) {
      case "conv2d" ->
          n -> ReferenceWeights.conv2d(n[0], n[1], n[2], c.integers("padding"), options(c));
      case "conv1d" ->
          n -> ReferenceWeights.conv1d(n[0], n[1], n[2], c.integers("padding"), options(c));
      case "conv1d_causal" ->
          n -> ReferenceWeights.causalConv1d(n[0], n[1], n[2], c.integers("dilation")[0]);
      case "conv2d_masked" ->
          n -> ReferenceWeights.conv2d(n[0], masked(n[1], c), n[2], c.integers("padding"), plain);
      case "conv1d_masked" ->
          n -> ReferenceWeights.conv1d(n[0], masked(n[1], c), n[2], c.integers("padding"), plain);
      case "weight_norm" -> n -> ReferenceWeights.weightNorm(n[0], n[1]);
      case "conv2d_weight_norm" ->
          n ->
              ReferenceWeights.conv2d(
                  n[0], ReferenceWeights.weightNorm(n[1], n[3]), n[2], new int[4], plain);
      case "conv1d_weight_norm" ->
          n ->
              ReferenceWeights.conv1d(
                  n[0], ReferenceWeights.weightNorm(n[1], n[3]), n[2], new int[2], plain);
      case "conv_transpose2d_weight_norm" ->
          n -> {
            NdArray weight = ReferenceWeights.weightNorm(n[1], n[3]);
            return Reference.zip(
                ReferenceConvolutions.convTranspose2d(n[0], weight, plain), n[2], Double::sum);
          };
      default -> throw new AssertionError("no definition of " + c);
    };
  }

  private static NdArray masked(NdArray weight, GoldenCase c) {
    return Reference.zip(weight, c.ndArray("mask"), (w, m) -> w * m);
  }

  /** In one dimension, height settings remain 1. */
  private static ConvOptions options(GoldenCase c) {
    int[] stride = heightAndWidth(c, "stride");
    int[] dilation = heightAndWidth(c, "dilation");
    return ConvOptions.of(1, 0)
        .stride(stride[0], stride[1])
        .dilation(dilation[0], dilation[1])
        .groups(c.hasAttribute("groups") ? c.integer("groups") : 1);
  }

  private static int[] heightAndWidth(GoldenCase c, String name) {
    int[] actual = c.hasAttribute(name) ? c.integers(name) : new int[] {1};
    return actual.length == 2 ? actual : new int[] {1, actual[0]};
  }
}
