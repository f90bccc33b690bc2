package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.HeapMemory;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves numbers between native arrays and the heap: one memory copy, no ND4J call. */
public final class HeapCopy {
  /** What every JVM's arrays hold. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  private HeapCopy() {}

  /** Copies numbers of a float array, from an offset in it, into a part of a heap array. */
  public static void read(INDArray source, long offset, float[] target, int start, int length) {
    checkRanges(source, offset, target, start, length);
    floats(source).getPointer(offset).get(target, start, length);
  }

  /** Copies a part of a heap array into a float array, from an offset in it. */
  public static void write(float[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source, start, length);
    floats(target).getPointer(offset).put(source, start, length);
  }

  /** JavaCPP checks neither: it would copy what lies beyond, or over it. */
  private static void checkRanges(
      INDArray array, long offset, float[] heap, int start, int length) {
    if (length < 0
        || offset < 0
        || start < 0
        || length > array.length() - offset
        || length > heap.length - start) {
      throw new IllegalArgumentException(
          "Expected ranges within the tensor's or variable's "
              + array.length()
              + " numbers and within the array's "
              + heap.length
              + " numbers, got "
              + length
              + " numbers from "
              + offset
              + " and from "
              + start
              + ".");
    }
  }

  /** The numbers of a float array. */
  public static float[] floatsOf(INDArray source) {
    float[] copy = onHeap(source, Float.BYTES, float[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** The numbers of an array of either type, as doubles. */
  public static double[] doublesOf(INDArray source) {
    double[] copy = onHeap(source, Double.BYTES, double[]::new);
    if (source.dataType() == DataType.DOUBLE) {
      doubles(source).get(copy);
    } else {
      float[] floats = floatsOf(source);
      for (int i = 0; i < copy.length; i++) {
        copy[i] = floats[i];
      }
    }
    return copy;
  }

  /** An array on the heap for all numbers of another. */
  private static <T> T onHeap(INDArray source, int bytes, IntFunction<T> create) {
    String what = "a copy of a tensor " + Arrays.toString(source.shape());
    if (source.length() > MOST) {
      throw new IllegalArgumentException(
          what
              + " has "
              + source.length()
              + " elements, expected at most "
              + MOST
              + ", which an array holds; copy parts of it with read.");
    }
    return HeapMemory.guard(
        () -> what, source.length() * bytes, () -> create.apply((int) source.length()));
  }

  /** Overwrites an array of either type. */
  public static void write(double[] source, INDArray target) {
    if (target.dataType() == DataType.DOUBLE) {
      doubles(target).put(source);
    } else {
      float[] floats = new float[source.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) source[i];
      }
      write(floats, 0, floats.length, target, 0);
    }
  }

  /** Overwrites an array with the numbers of another of its shape and type. */
  public static void copy(INDArray source, INDArray target) {
    Pointer.memcpy(
        target.data().pointer(),
        source.data().pointer(),
        target.length() * target.dataType().width());
  }

  private static FloatPointer floats(INDArray array) {
    return (FloatPointer) array.data().pointer();
  }

  private static DoublePointer doubles(INDArray array) {
    return (DoublePointer) array.data().pointer();
  }
}
