package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Scaled dot-product attention, composed of batched matrix products and a softmax. */
final class Attention {
  private Attention() {}

  static Tensor scaledDotProduct(Tensor query, Tensor key, Tensor value, boolean causal) {
    check(query, key, value, causal);
    long queries = query.size(-2);
    // Scaling the queries is cheaper than scaling the scores if sequences are long.
    Tensor scaled = mergeLeadingAxes(query).mul(1 / Math.sqrt(query.size(-1)));
    Tensor scores = scaled.matmul(false, mergeLeadingAxes(key), true).release(scaled);
    if (causal) {
      Tensor mask = causalMask(query, queries);
      scores = scores.add(mask).release(scores).release(mask);
    }
    Tensor weights = scores.softmax(-1).release(scores);
    long[] shape = query.shape();
    shape[shape.length - 1] = value.size(-1);
    return weights.matmul(mergeLeadingAxes(value)).release(weights).reshape(shape);
  }

  /** Merges the leading axes into one. */
  private static Tensor mergeLeadingAxes(Tensor x) {
    return x.reshape(-1, x.size(-2), x.size(-1));
  }

  /** Returns the causal mask [length, length]: negative infinity for future keys, else 0. */
  private static Tensor causalMask(Tensor like, long length) {
    int n = Math.toIntExact(length);
    double[] values = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      Arrays.fill(values, i * n + i + 1, (i + 1) * n, Double.NEGATIVE_INFINITY);
    }
    INDArray mask = like.allocate(n, n);
    HeapCopy.write(values, mask);
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
