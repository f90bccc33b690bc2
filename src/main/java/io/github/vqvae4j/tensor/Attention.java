package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Attention, put together from products of many matrices and a softmax. */
final class Attention {
  private Attention() {}

  static Tensor scaledDotProduct(Tensor query, Tensor key, Tensor value, boolean causal) {
    check(query, key, value, causal);
    long queries = query.size(-2);
    // Scaled before the product, which has more numbers when sequences are long.
    Tensor scaled = matrices(query).mul(1 / Math.sqrt(query.size(-1)));
    Tensor scores = scaled.matmul(false, matrices(key), true).release(scaled);
    if (causal) {
      Tensor mask = mask(query, queries);
      scores = scores.add(mask).release(scores).release(mask);
    }
    Tensor weights = scores.softmax(-1).release(scores);
    long[] shape = query.shape();
    shape[shape.length - 1] = value.size(-1);
    return weights.matmul(matrices(value)).release(weights).reshape(shape);
  }

  /** All leading axes as one. */
  private static Tensor matrices(Tensor x) {
    return x.reshape(-1, x.size(-2), x.size(-1));
  }

  /** [length, length]: 0, but minus infinity, which has no weight, where a key comes later. */
  private static Tensor mask(Tensor like, long length) {
    int n = Math.toIntExact(length);
    double[] later = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      Arrays.fill(later, i * n + i + 1, (i + 1) * n, Double.NEGATIVE_INFINITY);
    }
    INDArray mask = like.allocate(n, n);
    HeapCopy.write(later, mask);
    return like.step().own(mask, like.dtype());
  }

  private static void check(Tensor query, Tensor key, Tensor value, boolean causal) {
    String name = "scaledDotProductAttention";
    Step.checkNoIntegers(name, query, key, value);
    query.checkWith(name, key);
    query.checkWith(name, value);
    int rank = query.rank();
    boolean fits =
        rank >= 2
            && key.rank() == rank
            && value.rank() == rank
            && Arrays.equals(query.dims(), 0, rank - 2, key.dims(), 0, rank - 2)
            && Arrays.equals(key.dims(), 0, rank - 1, value.dims(), 0, rank - 1)
            && query.size(-1) == key.size(-1)
            && (!causal || query.size(-2) == key.size(-2));
    if (!fits) {
      throw new IllegalArgumentException(
          name
              + ": expected queries [.., "
              + (causal ? "length" : "queries")
              + ", d], keys [.., length, d] and values [.., length, e] with equal leading axes, got "
              + Arrays.toString(query.dims())
              + ", "
              + Arrays.toString(key.dims())
              + " and "
              + Arrays.toString(value.dims())
              + ".");
    }
  }
}
