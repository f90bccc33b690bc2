package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Creates arrays in native memory, which is released when the process exits. */
final class NativeArray {
  private static final List<NativeMemory> ALLOCATED = new ArrayList<>();

  private NativeArray() {}

  /** Returns an array of uniform random values between -0.5 and 0.5. */
  static INDArray random(long... shape) {
    float[] values = randomFloats(shape);
    NativeMemory memory =
        new NativeMemory((long) Float.BYTES * values.length, "an array of a benchmark");
    ALLOCATED.add(memory);
    INDArray array = NativeMemory.wrap(memory.address(), DType.FLOAT, shape);
    ((FloatPointer) array.data().pointer()).put(values);
    return array;
  }

  /** Returns uniform random values between -0.5 and 0.5, the same for each call. */
  static float[] randomFloats(long... shape) {
    int size = 1;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, Math.toIntExact(dimension));
    }
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }
}
