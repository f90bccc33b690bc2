package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The random inputs of {@link BlockCheck}.
 *
 * @param shapes the shape of each input; the first axis is the batch
 * @param bounds the exclusive upper bounds of integer inputs, by input index
 */
record CheckInputs(List<long[]> shapes, Map<Integer, Integer> bounds) {
  /** Returns a copy in which an input consists of integers from 0 to below a bound. */
  CheckInputs withIntegers(int input, int bound) {
    Map<Integer, Integer> newBounds = new LinkedHashMap<>(bounds);
    newBounds.put(input, bound);
    return new CheckInputs(shapes, Map.copyOf(newBounds));
  }

  /** Returns the number of examples in a batch. */
  int examples() {
    return Math.toIntExact(shapes.get(0)[0]);
  }

  /** Returns values for each input. */
  List<double[]> values() {
    List<double[]> values = new ArrayList<>();
    shapes.forEach(shape -> values.add(random(values.size(), shape, values.size())));
    return values;
  }

  /** Creates the inputs in {@link DType#DOUBLE}, with gradients. */
  List<Tensor> tensors(Step step, List<double[]> values) {
    List<Tensor> tensors = new ArrayList<>();
    for (double[] ofInput : values) {
      int index = tensors.size();
      tensors.add(withGradient(tensor(step, index, DType.DOUBLE, ofInput, shapes.get(index))));
    }
    return tensors;
  }

  /** Creates the inputs for a larger batch, with gradients in a training step. */
  List<Tensor> enlarged(Step step, DType dtype, int extraExamples, boolean training) {
    List<Tensor> tensors = new ArrayList<>();
    for (long[] shape : shapes) {
      int index = tensors.size();
      long[] larger = shape.clone();
      larger[0] += extraExamples;
      double[] values = random(index, larger, shapes.size() * extraExamples + index);
      Tensor input = tensor(step, index, dtype, values, larger);
      tensors.add(training ? withGradient(input) : input);
    }
    return tensors;
  }

  /** Creates the inputs for a share of a batch, in {@link DType#DOUBLE} and with gradients. */
  List<Tensor> share(Step step, int first, int count, int examples) {
    List<Tensor> tensors = new ArrayList<>();
    for (long[] shape : shapes) {
      int index = tensors.size();
      long[] whole = shape.clone();
      whole[0] = examples;
      double[] values = random(index, whole, index);
      int length = values.length / examples;
      whole[0] = count;
      double[] part = Arrays.copyOfRange(values, first * length, (first + count) * length);
      tensors.add(withGradient(tensor(step, index, DType.DOUBLE, part, whole)));
    }
    return tensors;
  }

  private double[] random(int input, long[] shape, long seed) {
    Integer bound = bounds.get(input);
    Rng rng = new Rng(seed);
    double[] values = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    Arrays.setAll(values, i -> bound == null ? (float) rng.nextGaussian() : rng.nextInt(bound));
    return values;
  }

  /** Creates an input; integer inputs are of type INT regardless of {@code dtype}. */
  private Tensor tensor(Step step, int input, DType dtype, double[] values, long... shape) {
    return bounds.containsKey(input)
        ? step.tensor(Arrays.stream(values).mapToInt(value -> (int) value).toArray(), shape)
        : tensor(step, dtype, values, shape);
  }

  /** Creates a FLOAT or DOUBLE tensor. */
  static Tensor tensor(Step step, DType dtype, double[] values, long... shape) {
    return dtype == DType.DOUBLE ? step.tensor(values, shape) : step.tensor(floats(values), shape);
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static Tensor withGradient(Tensor input) {
    return isReal(input) ? input.requireGradient() : input;
  }

  /** Returns whether an input or output consists of real numbers, which have gradients. */
  static boolean isReal(Tensor input) {
    return input.dtype() != DType.INT;
  }
}
