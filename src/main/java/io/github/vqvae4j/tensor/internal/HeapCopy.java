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

/**
 * Copies elements between native arrays and heap arrays with one memory copy, without ND4J calls.
 */
public final class HeapCopy {
  /** The maximum array length on common JVMs. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  private HeapCopy() {}

  /** Copies elements of a float array, starting at an offset, into a range of a heap array. */
  public static void read(INDArray source, long offset, float[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    floats(source).getPointer(offset).get(target, start, length);
  }

  /**
   * Copies elements of an int array, or the bits of elements of a float array, starting at an
   * offset, into a range of a heap array.
   */
  public static void read(INDArray source, long offset, int[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    ints(source).getPointer(offset).get(target, start, length);
  }

  /** Copies a range of a heap array into a float array, starting at an offset. */
  public static void write(float[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    floats(target).getPointer(offset).put(source, start, length);
  }

  /**
   * Copies a range of a heap array into an int array, or as bits into a float array, starting at an
   * offset.
   */
  public static void write(int[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    ints(target).getPointer(offset).put(source, start, length);
  }

  /** Copies elements of an array of any data type as doubles, which represent them exactly. */
  static void read(INDArray source, long offset, double[] target, int start, int length) {
    checkRanges(source, offset, target.length, start, length);
    int sliceLength = Math.min(HeapSlices.LENGTH, length);
    switch (NativeMemory.dtypeOf(source)) {
      case DOUBLE -> doubles(source).getPointer(offset).get(target, start, length);
      case INT -> {
        int[] ints = new int[sliceLength];
        for (int from = 0; from < length; from += sliceLength) {
          int n = Math.min(sliceLength, length - from);
          read(source, offset + from, ints, 0, n);
          for (int i = 0; i < n; i++) {
            target[start + from + i] = ints[i];
          }
        }
      }
      case FLOAT -> {
        float[] floats = new float[sliceLength];
        for (int from = 0; from < length; from += sliceLength) {
          int n = Math.min(sliceLength, length - from);
          read(source, offset + from, floats, 0, n);
          for (int i = 0; i < n; i++) {
            target[start + from + i] = floats[i];
          }
        }
      }
    }
  }

  /**
   * Copies a range of a heap array into an array of any data type, converting like Java's casts.
   */
  static void write(double[] source, int start, int length, INDArray target, long offset) {
    checkRanges(target, offset, source.length, start, length);
    int sliceLength = Math.min(HeapSlices.LENGTH, length);
    switch (NativeMemory.dtypeOf(target)) {
      case DOUBLE -> doubles(target).getPointer(offset).put(source, start, length);
      case INT -> {
        int[] ints = new int[sliceLength];
        for (int from = 0; from < length; from += sliceLength) {
          int n = Math.min(sliceLength, length - from);
          for (int i = 0; i < n; i++) {
            ints[i] = (int) source[start + from + i];
          }
          write(ints, 0, n, target, offset + from);
        }
      }
      case FLOAT -> {
        float[] floats = new float[sliceLength];
        for (int from = 0; from < length; from += sliceLength) {
          int n = Math.min(sliceLength, length - from);
          for (int i = 0; i < n; i++) {
            floats[i] = (float) source[start + from + i];
          }
          write(floats, 0, n, target, offset + from);
        }
      }
    }
  }

  /** JavaCPP checks neither range: it would read or write out of bounds. */
  private static void checkRanges(
      INDArray array, long offset, int heapLength, int start, int length) {
    checkRanges(() -> "HeapCopy", array, offset, heapLength, start, length);
  }

  /**
   * Throws unless both ranges are within bounds.
   *
   * @param source the beginning of the message, such as {@code Tensor.read}
   */
  public static void checkRanges(
      Supplier<String> source, INDArray array, long offset, int heapLength, int start, int length) {
    if (length < 0
        || offset < 0
        || start < 0
        || length > array.length() - offset
        || length > heapLength - start) {
      throw new IllegalArgumentException(
          source.get()
              + ": expected ranges within the tensor's or variable's "
              + array.length()
              + " elements and the array's "
              + heapLength
              + " elements, got "
              + length
              + " elements at offsets "
              + offset
              + " and "
              + start
              + ".");
    }
  }

  /** Returns the elements of a float array. */
  public static float[] floatsOf(INDArray source) {
    float[] copy = allocate(source, Float.BYTES, float[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** Returns the elements of an int array. */
  public static int[] intsOf(INDArray source) {
    int[] copy = allocate(source, Integer.BYTES, int[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** Returns the elements of an array of any data type as doubles, which represent them exactly. */
  public static double[] doublesOf(INDArray source) {
    double[] copy = allocate(source, Double.BYTES, double[]::new);
    read(source, 0, copy, 0, copy.length);
    return copy;
  }

  /** Allocates a heap array of the length of a native array. */
  private static <T> T allocate(INDArray source, int bytes, IntFunction<T> create) {
    Supplier<String> what = () -> "a copy of a tensor " + Arrays.toString(source.shape());
    if (source.length() > MAX_ARRAY_LENGTH) {
      throw new IllegalArgumentException(
          what.get()
              + " has "
              + source.length()
              + " elements, expected at most "
              + MAX_ARRAY_LENGTH
              + ", the maximum length of a Java array. Copy it in chunks with read.");
    }
    return HeapMemory.guard(
        what, source.length() * bytes, () -> create.apply((int) source.length()));
  }

  /**
   * Copies the elements of an array into an array of another data type, converting like Java's
   * casts: conversion to int truncates toward zero and saturates, and NaN becomes 0.
   */
  public static void convert(INDArray source, INDArray target) {
    int sliceLength = (int) Math.min(HeapSlices.LENGTH, source.length());
    double[] slice = new double[sliceLength];
    for (long from = 0; from < source.length(); from += sliceLength) {
      int length = (int) Math.min(sliceLength, source.length() - from);
      read(source, from, slice, 0, length);
      write(slice, 0, length, target, from);
    }
  }

  /** Overwrites an array of any data type; values are truncated for an int array. */
  public static void write(double[] source, INDArray target) {
    write(source, 0, source.length, target, 0);
  }

  /** Overwrites an array with the elements of another array of the same shape and data type. */
  public static void copy(INDArray source, INDArray target) {
    Pointer.memcpy(
        target.data().pointer(),
        source.data().pointer(),
        target.length() * target.dataType().width());
  }

  private static FloatPointer floats(INDArray array) {
    return (FloatPointer) array.data().pointer();
  }

  /** Fills an array with zeros. */
  public static void clear(INDArray target) {
    clear(target, 0, target.length());
  }

  /** Fills a range of an array, starting at an offset, with zeros. */
  static void clear(INDArray target, long offset, long length) {
    Pointer from = target.data().pointer().getPointer(offset);
    Pointer.memset(from, 0, length * target.dataType().width());
  }

  private static IntPointer ints(INDArray array) {
    Pointer elements = array.data().pointer();
    return elements instanceof IntPointer pointer ? pointer : new IntPointer(elements);
  }

  private static DoublePointer doubles(INDArray array) {
    return (DoublePointer) array.data().pointer();
  }
}
