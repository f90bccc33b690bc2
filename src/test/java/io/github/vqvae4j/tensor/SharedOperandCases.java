package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Definition;
import io.github.vqvae4j.tensor.OperationCase.Operation;
import io.github.vqvae4j.tensor.OperationCase.Range;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.List;

/**
 * Cases of tensors with several uses: the gradient is the sum over all uses, whichever arrays are
 * shared.
 */
final class SharedOperandCases {
  private static final ConvOptions SAME = ConvOptions.of(1, 1);

  private final List<OperationCase> cases = new ArrayList<>();

  private SharedOperandCases() {}

  static List<OperationCase> all() {
    SharedOperandCases lists = new SharedOperandCases();
    lists.addSameOperandTwice();
    lists.addSharedResults();
    lists.addConvolutions();
    return lists.cases;
  }

  private void add(String name, Operation operation, Definition definition, long[]... shapes) {
    cases.add(OperationCase.of(name, Range.AWAY_FROM_ZERO, operation, definition, shapes));
  }

  private static NdArray scaled(NdArray x, double factor) {
    return Reference.map(x, v -> v * factor);
  }

  private static NdArray plus(NdArray a, NdArray b) {
    return Reference.zip(a, b, Double::sum);
  }

  private static NdArray times(NdArray a, NdArray b) {
    return Reference.zip(a, b, (x, y) -> x * y);
  }

  private void addSameOperandTwice() {
    long[] s = shape(3, 5);
    add("x + x", t -> t[0].add(t[0]), n -> scaled(n[0], 2), s);
    add("x - x", t -> t[0].sub(t[0]), n -> scaled(n[0], 0), s);
    add("x * x", t -> t[0].mul(t[0]), n -> times(n[0], n[0]), s);
    add("x / x", t -> t[0].div(t[0]), n -> Reference.map(n[0], v -> 1), s);
    add("x x", t -> t[0].matmul(t[0]), n -> Reference.matmul(n[0], n[0]), shape(3, 3));
    add("mse(x, x)", t -> t[0].meanSquaredError(t[0]), n -> new NdArray(new double[1], 1), s);
    add(
        "concat(x, x)",
        t -> Tensor.concat(1, List.of(t[0], t[0])),
        n -> Reference.concat(1, List.of(n[0], n[0])),
        s);
    add("x + sum(x)", t -> t[0].add(t[0].sum(0)), n -> plus(n[0], Reference.sum(n[0], 0)), s);
    add("x.straightThrough(x)", t -> t[0].straightThrough(t[0].stopGradient()), n -> n[0], s);
  }

  private void addSharedResults() {
    long[] s = shape(2, 6);
    add(
        "a = x + y, a + a * x + y",
        t -> {
          Tensor a = t[0].add(t[1]);
          return a.add(a.mul(t[0])).add(t[1]);
        },
        n -> {
          NdArray a = plus(n[0], n[1]);
          return plus(plus(a, times(a, n[0])), n[1]);
        },
        s,
        s);
    add(
        "views of a sum, added under another shape",
        t -> {
          Tensor a = t[0].add(t[1]);
          Tensor b = a.reshape(3, 4);
          Tensor c = b.reshape(12).add(a.reshape(12)).reshape(2, 6);
          return c.add(a).add(t[0].reshape(4, 3).reshape(2, 6)).mul(t[1]);
        },
        n -> times(plus(scaled(plus(n[0], n[1]), 3), n[0]), n[1]),
        s,
        s);
    add(
        "pieces of one sum put together again",
        t -> {
          Tensor a = t[0].add(2).add(t[1]);
          Tensor left = a.slice(1, 0, 2);
          Tensor right = a.slice(1, 2, 6);
          return Tensor.concat(1, List.of(right, left)).add(a);
        },
        n -> {
          NdArray a = Reference.zip(n[0], n[1], (x, y) -> x + 2 + y);
          NdArray swapped =
              Reference.concat(
                  1, List.of(Reference.slice(a, 1, 2, 6), Reference.slice(a, 1, 0, 2)));
          return plus(swapped, a);
        },
        s,
        s);
    add(
        "straight through, a view, a number, a sum",
        t -> {
          Tensor a = t[0].mul(t[1]);
          Tensor b = a.straightThrough(a.stopGradient().add(1));
          return b.reshape(12).add(3).reshape(2, 6).add(a).sub(b).add(b).add(t[0]);
        },
        n -> Reference.zip(n[0], n[1], (x, y) -> 2 * x * y + 4 + x),
        s,
        s);
    add(
        "x added to itself a hundred times",
        t -> {
          Tensor y = t[0].mul(1);
          for (int i = 0; i < 100; i++) {
            y = i % 3 == 0 ? y.reshape(6, 2).reshape(2, 6).add(t[0]) : y.add(t[0]);
          }
          return y;
        },
        n -> scaled(n[0], 101),
        s);
    add(
        "doubling by y + y",
        t -> {
          Tensor y = t[0];
          for (int i = 0; i < 10; i++) {
            y = i % 2 == 0 ? y.add(y) : y.reshape(12).add(y.reshape(12)).reshape(2, 6);
          }
          return y;
        },
        n -> scaled(n[0], 1024),
        s);
    add(
        "a broadcast sum and its parts",
        t -> {
          Tensor a = t[0].add(t[1]);
          return a.sub(t[1]).mul(a).add(t[1].mul(t[0])).sub(a);
        },
        n -> Reference.zip(n[0], n[1], (x, y) -> (x + y) * x + y * x - (x + y)),
        s,
        shape(6));
  }

  private void addConvolutions() {
    long[] image = shape(2, 4, 3, 3);
    long[] weight = shape(3, 3, 3, 3);
    for (boolean relu : new boolean[] {false, true}) {
      String after = relu ? ", relu" : "";
      add(
          "residual is the image" + after,
          t -> FusedConvolution.of(Form.CONV_2D, t[0], t[1], t[2], t[0], relu, SAME),
          n -> residual(n[0], n[1], n[2], n[0], false, relu),
          image,
          weight,
          shape(3));
      add(
          "residual is the transposed convolution's image" + after,
          t -> FusedConvolution.of(Form.CONV_TRANSPOSE_2D, t[0], t[1], t[2], t[0], relu, SAME),
          n -> residual(n[0], n[1], n[2], n[0], true, relu),
          image,
          weight,
          shape(3));
      add(
          "residual is used again" + after,
          t -> {
            Tensor r = t[0].add(t[0]);
            return FusedConvolution.of(Form.CONV_2D, t[0], t[1], t[2], r, relu, SAME)
                .add(r)
                .add(t[0]);
          },
          n -> {
            NdArray y = residual(n[0], n[1], n[2], scaled(n[0], 2), false, relu);
            return plus(y, scaled(n[0], 3));
          },
          image,
          weight,
          shape(3));
      add(
          "a convolution's result is another's residual and image" + after,
          t -> {
            Tensor h = t[0].conv2d(t[1], t[2], SAME);
            Tensor y = FusedConvolution.of(Form.CONV_2D, h, t[1], t[2], h, relu, SAME);
            return FusedConvolution.of(Form.CONV_TRANSPOSE_2D, y, t[1], t[2], h, relu, SAME);
          },
          n -> {
            NdArray none = scaled(n[0], 0);
            NdArray h = residual(n[0], n[1], n[2], none, false, false);
            NdArray y = residual(h, n[1], n[2], h, false, relu);
            return residual(y, n[1], n[2], h, true, relu);
          },
          shape(1, 3, 3, 2),
          shape(3, 3, 2, 2),
          shape(2));
    }
    add(
        "image and weights are one tensor",
        t -> t[0].conv2d(t[0], null, ConvOptions.of(1, 0)),
        n -> ReferenceConvolutions.conv2d(n[0], n[0], ConvOptions.of(1, 0)),
        shape(1, 1, 3, 3));
    add(
        "weights are computed",
        t -> t[0].conv2d(t[1].mul(t[1]), t[2].neg(), SAME),
        n ->
            Reference.zip(
                ReferenceConvolutions.conv2d(n[0], times(n[1], n[1]), SAME), n[2], (y, b) -> y - b),
        image,
        weight,
        shape(3));
  }

  private static NdArray residual(
      NdArray x, NdArray w, NdArray b, NdArray r, boolean transposed, boolean relu) {
    NdArray y =
        transposed
            ? ReferenceConvolutions.convTranspose2d(x, w, SAME)
            : ReferenceConvolutions.conv2d(x, w, SAME);
    return Reference.map(plus(plus(y, b), r), v -> relu ? Math.max(v, 0) : v);
  }
}
