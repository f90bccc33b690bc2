package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.memory.HeapMemory;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Moves numbers between native arrays and the heap: one memory copy, no ND4J call. */
public final class HeapCopy {
  /** What every JVM's arrays hold. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  private HeapCopy() {}

  /** Copies elements of a float array, from an offset in it, into a part of a heap array. */
  public static void read(INDArray source, long offset, float[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    floats(source).getPointer(offset).get(target, start, length);
  }

  /**
   * Copies elements of an int array, or the bits of a float array's, as {@link #read(INDArray,
   * long, float[], int, int)}.
   */
  public static void read(INDArray source, long offset, int[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    ints(source).getPointer(offset).get(target, start, length);
  }

  /** Copies a part of a heap array into a float array, from an offset in it. */
  public static void write(float[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    floats(target).getPointer(offset).put(source, start, length);
  }

  /** Copies a part of a heap array into an int array, or bits into a float array. */
  public static void write(int[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    ints(target).getPointer(offset).put(source, start, length);
  }

  /** Copies elements of an array of any type, as doubles, which hold them exactly. */
  static void read(INDArray source, long offset, double[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    int most = Math.min(HeapSlices.LENGTH, length);
    switch (NativeMemory.dtypeOf(source)) {
      case DOUBLE -> doubles(source).getPointer(offset).get(target, start, length);
      case INT -> {
        int[] ints = new int[most];
        for (int from = 0; from < length; from += most) {
          int some = Math.min(most, length - from);
          read(source, offset + from, ints, 0, some);
          for (int i = 0; i < some; i++) {
            target[start + from + i] = ints[i];
          }
        }
      }
      case FLOAT -> {
        float[] floats = new float[most];
        for (int from = 0; from < length; from += most) {
          int some = Math.min(most, length - from);
          read(source, offset + from, floats, 0, some);
          for (int i = 0; i < some; i++) {
            target[start + from + i] = floats[i];
          }
        }
      }
    }
  }

  /** Copies a part of a heap array into an array of any type, as Java's casts convert. */
  static void write(double[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    int most = Math.min(HeapSlices.LENGTH, length);
    switch (NativeMemory.dtypeOf(target)) {
      case DOUBLE -> doubles(target).getPointer(offset).put(source, start, length);
      case INT -> {
        int[] ints = new int[most];
        for (int from = 0; from < length; from += most) {
          int some = Math.min(most, length - from);
          for (int i = 0; i < some; i++) {
            ints[i] = (int) source[start + from + i];
          }
          write(ints, 0, some, target, offset + from);
        }
      }
      case FLOAT -> {
        float[] floats = new float[most];
        for (int from = 0; from < length; from += most) {
          int some = Math.min(most, length - from);
          for (int i = 0; i < some; i++) {
            floats[i] = (float) source[start + from + i];
          }
          write(floats, 0, some, target, offset + from);
        }
      }
    }
  }

  /** JavaCPP checks neither: it would copy what lies beyond, or over it. */
  private static void checkRanges(INDArray array, long offset, int heap, int start, int length) {
    if (length < 0
        || offset < 0
        || start < 0
        || length > array.length() - offset
        || length > heap - start) {
      throw new IllegalArgumentException(
          "Expected ranges within the tensor's or variable's "
              + array.length()
              + " numbers and within the array's "
              + heap
              + " numbers, got "
              + length
              + " numbers from "
              + offset
              + " and from "
              + start
              + ".");
    }
  }

  /** The elements of a float array. */
  public static float[] floatsOf(INDArray source) {
    float[] copy = onHeap(source, Float.BYTES, float[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** The elements of an int array. */
  public static int[] intsOf(INDArray source) {
    int[] copy = onHeap(source, Integer.BYTES, int[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** The elements of an array of any type, as doubles, which hold them exactly. */
  public static double[] doublesOf(INDArray source) {
    double[] copy = onHeap(source, Double.BYTES, double[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** An array on the heap for all numbers of another. */
  private static <T> T onHeap(INDArray source, int bytes, IntFunction<T> create) {
    Supplier<String> what = () -> "a copy of a tensor " + Arrays.toString(source.shape());
    if (source.length() > MOST) {
      throw new IllegalArgumentException(
          what.get()
              + " has "
              + source.length()
              + " elements, expected at most "
              + MOST
              + ", which an array holds; copy parts of it with read.");
    }
    return HeapMemory.guard(
        what, source.length() * bytes, () -> create.apply((int) source.length()));
  }

  /**
   * Converts the elements of an array to another's type, as Java's casts do: to int towards zero,
   * to the nearest int where it is too large, and NaN to 0.
   */
  public static void convert(INDArray source, INDArray target) {
    int most = (int) Math.min(HeapSlices.LENGTH, source.length());
    double[] slice = new double[most];
    for (long from = 0; from < source.length(); from += most) {
      int length = (int) Math.min(most, source.length() - from);
      read(source, from, slice, 0, length);
      write(slice, 0, length, target, from);
    }
  }

  /** Overwrites an array of any type; an int array gets the whole part of each number. */
  public static void write(double[] source, INDArray target) {
    write(source, 0, source.length, target, 0);
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

  /** Overwrites an array with zeros. */
  public static void clear(INDArray target) {
    clear(target, 0, target.length());
  }

  /** Overwrites elements of an array, from an offset in it, with zeros. */
  static void clear(INDArray target, long offset, long length) {
    Pointer from = target.data().pointer().getPointer(offset);
    Pointer.memset(from, 0, length * target.dataType().width());
  }

  private static IntPointer ints(INDArray array) {
    Pointer elements = array.data().pointer();
    return elements instanceof IntPointer some ? some : new IntPointer(elements);
  }

  private static DoublePointer doubles(INDArray array) {
    return (DoublePointer) array.data().pointer();
  }
}
