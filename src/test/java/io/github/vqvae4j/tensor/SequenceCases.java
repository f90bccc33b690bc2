package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.OperationCase.shape;

import io.github.vqvae4j.tensor.OperationCase.Range;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cases of sequence operations: one-dimensional convolutions, batched matrix products and
 * attention.
 */
final class SequenceCases {
  private final List<OperationCase> cases = new ArrayList<>();

  private SequenceCases() {}

  static List<OperationCase> all() {
    SequenceCases lists = new SequenceCases();
    lists.addConvolutions();
    lists.addProducts();
    lists.addAttention();
    return lists.cases;
  }

  private void add(
      String name,
      OperationCase.Operation operation,
      OperationCase.Definition definition,
      long[]... shapes) {
    cases.add(OperationCase.of(name, Range.NORMAL, operation, definition, shapes));
  }

  private void addConvolutions() {
    // Height settings must be ignored.
    addBoth(shape(2, 9, 3), 3, 4, ConvOptions.of(1, 0).stride(2, 1).padding(3, 1));
    addBoth(shape(1, 1, 1), 1, 1, ConvOptions.of(1, 0));
    addBoth(
        shape(2, 11, 3), 3, 5, ConvOptions.of(1, 0).dilation(1, 4).padding(3, 1, 8, 0)); // causal
    addBoth(shape(2, 13, 16), 7, 16, ConvOptions.of(1, 0).padding(0, 0, 6, 0));
    addBoth(shape(1, 9, 3), 4, 2, ConvOptions.of(2, 0).padding(0, 0, 0, 3));
    addBoth(shape(2, 5, 4), 4, 6, ConvOptions.of(2, 0).padding(0, 0, 0, 2).groups(2));
    addBoth(shape(2, 2, 32), 3, 32, ConvOptions.of(1, 0).dilation(1, 9).padding(0, 0, 18, 0));
    addBoth(shape(3, 7, 2), 1, 5, ConvOptions.of(2, 0));
    addBoth(shape(2, 16, 4), 4, 8, ConvOptions.of(2, 1).outputPadding(1, 0));
    addBoth(shape(2, 11, 3), 2, 4, ConvOptions.of(1, 8).dilation(1, 8));
    addBoth(shape(1, 13, 6), 5, 4, ConvOptions.of(3, 2).groups(2));
    addBoth(shape(2, 8, 8), 3, 8, ConvOptions.of(1, 2).dilation(2, 2).groups(8));
    addBoth(shape(2, 64, 32), 3, 32, ConvOptions.of(1, 1));
  }

  private void addBoth(long[] x, long kernel, long out, ConvOptions options) {
    long time = options.width().size(x[1], kernel);
    long[] weight = shape(kernel, x[2] / options.groups(), out);
    long[] residual = shape(x[0], time, out);
    add(
        "conv1d " + options,
        t -> FusedConvolution.of(Form.CONV_1D, t[0], t[1], t[2], t[3], true, options),
        n -> {
          NdArray y = oneRow(n[0], n[1], false, options);
          y = Reference.zip(Reference.zip(y, n[2], Double::sum), n[3], Double::sum);
          return Reference.map(y, v -> Math.max(v, 0));
        },
        x,
        weight,
        shape(out),
        residual);
    add(
        "conv1d alone " + options,
        t -> t[0].conv1d(t[1], t[2], options),
        n -> Reference.zip(oneRow(n[0], n[1], false, options), n[2], Double::sum),
        x,
        weight,
        shape(out));
    add(
        "convTranspose1d " + options,
        t -> t[0].convTranspose1d(t[1], t[2], options),
        n -> Reference.zip(oneRow(n[0], n[1], true, options), n[2], Double::sum),
        x,
        shape(kernel, out / options.groups(), x[2]),
        shape(out));
  }

  private static NdArray oneRow(NdArray x, NdArray w, boolean transposed, ConvOptions options) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    ConvOptions ofWidth =
        ConvOptions.of(1, 0)
            .stride(1, options.width().stride())
            .padding(0, 0, options.width().before(), options.width().after())
            .dilation(1, options.width().dilation())
            .groups(options.groups())
            .outputPadding(0, options.width().outputPadding());
    NdArray image = Reference.reshape(x, xs[0], 1, xs[1], xs[2]);
    NdArray kernel = Reference.reshape(w, 1, ws[0], ws[1], ws[2]);
    NdArray y =
        transposed
            ? ReferenceConvolutions.convTranspose2d(image, kernel, ofWidth)
            : ReferenceConvolutions.conv2d(image, kernel, ofWidth);
    return Reference.reshape(y, y.shape()[0], y.shape()[2], y.shape()[3]);
  }

  private void addProducts() {
    long[][] sizes = {
      {1, 1, 1, 1}, {3, 1, 5, 1}, {2, 4, 1, 3}, {1, 7, 5, 3}, {4, 13, 7, 11}, {6, 33, 17, 40}
    };
    for (long[] s : sizes) {
      for (int bits = 0; bits < 4; bits++) {
        matmul(shape(s[0]), s[1], s[2], s[3], (bits & 1) != 0, (bits & 2) != 0);
      }
    }
    matmul(shape(), 5, 3, 4, true, false);
    matmul(shape(), 5, 3, 4, false, true);
    matmul(shape(2, 3), 5, 4, 6, false, false);
    matmul(shape(2, 3), 5, 4, 6, false, true);
    matmul(shape(2, 1, 3), 4, 9, 2, true, true);
    // Large enough for several threads.
    matmul(shape(4), 96, 80, 96, false, false);
    add(
        "matmul with itself",
        t -> t[0].matmul(false, t[0], true),
        n -> timesItself(n[0]),
        shape(2, 3, 4));
  }

  private static NdArray timesItself(NdArray x) {
    return product(x, Reference.permute(x, 0, 2, 1));
  }

  private void matmul(
      long[] leading, long m, long k, long n, boolean transposeA, boolean transposeB) {
    long[] a = Arrays.copyOf(leading, leading.length + 2);
    long[] b = a.clone();
    a[leading.length] = transposeA ? k : m;
    a[leading.length + 1] = transposeA ? m : k;
    b[leading.length] = transposeB ? n : k;
    b[leading.length + 1] = transposeB ? k : n;
    add(
        "matmul " + transposeA + " " + transposeB,
        t -> t[0].matmul(transposeA, t[1], transposeB),
        x -> product(transposeA ? transposed(x[0]) : x[0], transposeB ? transposed(x[1]) : x[1]),
        a,
        b);
  }

  static NdArray transposed(NdArray x) {
    int rank = x.shape().length;
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> i);
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return Reference.permute(x, axes);
  }

  static NdArray product(NdArray a, NdArray b) {
    int rank = a.shape().length;
    long[] shape = a.shape().clone();
    shape[rank - 1] = b.shape()[rank - 1];
    return NdArray.filled(
        shape,
        index -> {
          long[] ofA = index.clone();
          long[] ofB = index.clone();
          double sum = 0;
          for (long k = 0; k < a.shape()[rank - 1]; k++) {
            ofA[rank - 1] = k;
            ofB[rank - 2] = k;
            sum += a.at(ofA) * b.at(ofB);
          }
          return sum;
        });
  }

  private void addAttention() {
    for (boolean causal : new boolean[] {false, true}) {
      for (long length : new long[] {1, 2, 5, 17}) {
        attention(shape(2, 3, length, 4), shape(2, 3, length, 4), shape(2, 3, length, 4), causal);
      }
      attention(shape(7, 2), shape(7, 2), shape(7, 5), causal);
    }
    attention(shape(3, 4, 1), shape(3, 6, 1), shape(3, 6, 2), false);
    attention(shape(2, 1, 33, 16), shape(2, 1, 40, 16), shape(2, 1, 40, 8), false);
  }

  private void attention(long[] query, long[] key, long[] value, boolean causal) {
    add(
        "attention" + (causal ? ", causal" : ""),
        t -> Tensor.scaledDotProductAttention(t[0], t[1], t[2], causal),
        n -> attention(n[0], n[1], n[2], causal),
        query,
        key,
        value);
  }

  /** y_i = sum over j of e^(q_i k_j / sqrt d) v_j / sum over j of e^(q_i k_j / sqrt d). */
  static NdArray attention(NdArray query, NdArray key, NdArray value, boolean causal) {
    int rank = query.shape().length;
    double scale = 1 / Math.sqrt(query.shape()[rank - 1]);
    NdArray scores = product(query, transposed(key));
    NdArray exponentials =
        NdArray.filled(
            scores.shape(),
            i -> causal && i[rank - 1] > i[rank - 2] ? 0 : Math.exp(scores.at(i) * scale));
    long[] rows = scores.shape().clone();
    rows[rank - 1] = 1;
    NdArray sums = Reference.reshape(Reference.sum(exponentials, rank - 1), rows);
    return product(Reference.zip(exponentials, sums, (a, b) -> a / b), value);
  }
}
