package io.github.vqvae4j.benchmarks.kernels;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.NativeMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays as kernels take them, on memory of their own that ends with the process. */
final class NativeArray {
  private static final List<NativeMemory> KEPT = new ArrayList<>();

  private NativeArray() {}

  /** Random numbers from -0.5 to 0.5. */
  static INDArray random(long... shape) {
    float[] values = randomFloats(shape);
    NativeMemory memory =
        new NativeMemory((long) Float.BYTES * values.length, "an array of a kernel");
    KEPT.add(memory);
    INDArray array = NativeMemory.wrap(memory.address(), DType.FLOAT, shape);
    ((FloatPointer) array.data().pointer()).put(values);
    return array;
  }

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
