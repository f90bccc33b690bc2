package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Splits large operations of inference over the cores, only if the results are bitwise equal to
 * those of one thread. (In a training step, all operations are split already.)
 *
 * <p>Elementwise operations compute each element independently. The summation order of oneDNN's
 * products and convolutions may depend on the number of threads, for some shapes and CPUs. So the
 * first time that an operation has certain shapes, and operands and results that tell them apart,
 * it is run with one thread and with several, and is split from then on if the results were equal.
 */
final class InferenceSplit {
  /**
   * The minimum number of multiplications, 1 to 2 ms of work. Next to other processes, the threads
   * wait for each other for several milliseconds, in which smaller operations would have ended.
   */
  private static final long MIN_MULTIPLICATIONS = 1L << 27;

  /** The minimum number of elements of an elementwise operation, also 1 to 2 ms of work. */
  private static final long MIN_ELEMENTS = 1L << 22;

  /**
   * The minimum number of results other than 0. Fewer equal ones could be a coincidence, and the
   * zeros of a ReLU are always equal.
   */
  private static final long MIN_RESULTS = 256;

  /** The number of elements of an operand that are inspected. */
  private static final int SAMPLE = 4096;

  /** Whether the results are equal; of all threads. */
  private static final Map<Key, Boolean> EQUAL = new ConcurrentHashMap<>();

  /** An operation, its threads if it depends on them, and its shapes and other parameters. */
  record Key(String operation, int threads, long[] parameters) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && operation.equals(key.operation)
          && threads == key.threads
          && Arrays.equals(parameters, key.parameters);
    }

    @Override
    public int hashCode() {
      return (operation.hashCode() * 31 + threads) * 31 + Arrays.hashCode(parameters);
    }
  }

  private InferenceSplit() {}

  /** Runs an operation that computes each element independently. */
  static void elements(long elements, Runnable operation) {
    int threads = NativeThreads.max();
    if (elements >= MIN_ELEMENTS && threads > NativeThreads.current()) {
      NativeThreads.with(threads, operation);
    } else {
      operation.run();
    }
  }

  /**
   * Runs an operation that computes sums of products.
   *
   * @param name the name of the operation
   * @param multiplications the number of multiplications
   * @param a the first operand
   * @param b the second operand
   * @param y the result
   * @param parameters everything except the operands on which the choice of algorithms depends
   * @param operation computes the result from the operands
   */
  static void products(
      String name,
      long multiplications,
      INDArray a,
      INDArray b,
      INDArray y,
      long[] parameters,
      Runnable operation) {
    int threads = NativeThreads.max();
    if (multiplications < MIN_MULTIPLICATIONS
        || y.length() < MIN_RESULTS
        || threads <= NativeThreads.current()) {
      operation.run();
    } else {
      splitIfEqual(new Key(name, threads, parameters), a, b, y, operation);
    }
  }

  /**
   * Runs an operation with several threads if its results are known to be equal to those of one
   * thread, which is found out the first time that the operands are suitable; otherwise with one.
   *
   * @return whether it is known that the results are equal
   */
  static boolean splitIfEqual(Key key, INDArray a, INDArray b, INDArray y, Runnable operation) {
    Boolean equal = EQUAL.get(key);
    if (equal != null && equal) {
      NativeThreads.with(key.threads, operation);
    } else {
      operation.run();
      if (equal == null && isGeneric(a, b)) {
        equal = compareSplit(key, y, operation);
      }
    }
    return equal != null && equal;
  }

  /**
   * Compares the results of one thread with those of several.
   *
   * @param y the results of one thread, which it contains afterwards, too
   * @return whether they are equal; null if they are unsuitable for a comparison
   */
  private static Boolean compareSplit(Key key, INDArray y, Runnable operation) {
    Results expected = Results.of(y);
    if (expected.nonzero < MIN_RESULTS) {
      return null;
    }
    NativeThreads.with(key.threads, operation);
    boolean equal = expected.equals(Results.of(y));
    EQUAL.put(key, equal);
    if (!equal) {
      operation.run();
    }
    return equal;
  }

  /**
   * Returns whether the order of summation affects the results: not if most products are 0, or if
   * all values are round numbers.
   */
  private static boolean isGeneric(INDArray a, INDArray b) {
    float[] as = sample(a);
    float[] bs = sample(b);
    return isDense(as) && isDense(bs) && (isVaried(as) || isVaried(bs));
  }

  private static float[] sample(INDArray array) {
    int count = (int) Math.min(SAMPLE, array.length());
    int parts = (int) Math.max(1, Math.min(16, array.length() / SAMPLE));
    float[] values = new float[count];
    for (int i = 0; i < parts; i++) {
      int length = count / parts;
      HeapCopy.read(array, (array.length() - length) / parts * i, values, i * length, length);
    }
    return values;
  }

  private static boolean isDense(float[] values) {
    int nonzero = 0;
    for (float value : values) {
      nonzero += value != 0 && Float.isFinite(value) ? 1 : 0;
    }
    return nonzero >= values.length / 4;
  }

  private static boolean isVaried(float[] values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    int distinct = 0;
    for (int i = 1; i < sorted.length; i++) {
      distinct += sorted[i] != sorted[i - 1] ? 1 : 0;
    }
    return distinct >= values.length / 4;
  }

  /**
   * The results of an operation.
   *
   * @param hash a hash of their bits
   * @param nonzero the number of finite results other than 0
   */
  private record Results(long hash, long nonzero) {
    static Results of(INDArray array) {
      float[] slice = new float[(int) Math.min(SAMPLE, array.length())];
      long hash = 0;
      long nonzero = 0;
      for (long offset = 0; offset < array.length(); offset += slice.length) {
        int count = (int) Math.min(slice.length, array.length() - offset);
        HeapCopy.read(array, offset, slice, 0, count);
        for (int i = 0; i < count; i++) {
          hash = hash * 0x9E3779B97F4A7C15L + Float.floatToRawIntBits(slice[i]);
          nonzero += slice[i] != 0 && Float.isFinite(slice[i]) ? 1 : 0;
        }
      }
      return new Results(hash, nonzero);
    }
  }
}
