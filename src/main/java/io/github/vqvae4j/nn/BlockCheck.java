package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Checks for the tests of a custom block: whether several threads may run it, and whether its
 * gradients are right. Inputs are random numbers; small shapes will do.
 *
 * <pre>{@code
 * BlockCheck check = BlockCheck.of(new PatchEncoder(1, 4, 32, rng), 2, 8, 8, 1);
 * check.threads();
 * check.gradients();
 * }</pre>
 */
public final class BlockCheck {
  private static final double DIFFERENCE = 1e-6;
  private static final double TOLERANCE = 1e-6;

  /** Of each array, about so many elements are compared with central differences. */
  private static final int ELEMENTS = 10;

  private final Block block;
  private final Function<List<Tensor>, Tensor> computation;
  private final List<long[]> shapes;

  /** What those inputs are below that are integers, by their number. */
  private final Map<Integer, Integer> below;

  private BlockCheck(
      Block block,
      Function<List<Tensor>, Tensor> computation,
      List<long[]> shapes,
      Map<Integer, Integer> below) {
    this.block = block;
    this.computation = computation;
    this.shapes = shapes;
    this.below = below;
  }

  /**
   * Checks of a layer.
   *
   * @param layer any
   * @param inputShape the shape of an input, of which the first axis is the batch
   * @return the checks
   */
  public static BlockCheck of(Layer layer, long... inputShape) {
    return new BlockCheck(
        layer, x -> layer.forward(x.get(0)), List.of(inputShape.clone()), Map.of());
  }

  /**
   * Checks of a block of several inputs or results.
   *
   * <pre>{@code
   * BlockCheck.of(film, x -> film.forward(x.get(0), x.get(1)), new long[] {2, 5, 5, 4}, new long[] {2, 3});
   * }</pre>
   *
   * @param block any
   * @param computation calls the block; of several results it returns one, or puts them together
   * @param inputShapes one for each input, of which the first axis is the batch
   * @return the checks
   */
  public static BlockCheck of(
      Block block, Function<List<Tensor>, Tensor> computation, long[]... inputShapes) {
    return new BlockCheck(block, computation, List.of(inputShapes), Map.of());
  }

  /**
   * The checks with integers for an input, as for {@link Embedding}: {@code
   * BlockCheck.of(embedding, 2, 5).integers(0, 512)}.
   *
   * @param input its number, from 0
   * @param bound 1 or more; the integers are from 0 to bound - 1
   * @return new checks, in which this input is a tensor in {@link DType#INT}
   * @throws IllegalArgumentException if there is no such input
   */
  public BlockCheck integers(int input, int bound) {
    if (input < 0 || input >= shapes.size() || bound < 1) {
      throw new IllegalArgumentException(
          "BlockCheck.integers: expected an input from 0 to "
              + (shapes.size() - 1)
              + " and a bound of at least 1, got input "
              + input
              + " and bound "
              + bound
              + ".");
    }
    Map<Integer, Integer> more = new LinkedHashMap<>(below);
    more.put(input, bound);
    return new BlockCheck(block, computation, shapes, Map.copyOf(more));
  }

  /**
   * Checks that several threads may run the block at once. Fields must hold after a pass what they
   * held before, elements of arrays and collections included. And while one thread is in a pass, a
   * second one makes whole passes in between, before each use of the first one's step, with other
   * inputs and another batch size, in training and in inference: results and gradients must be
   * those of passes by themselves, bit for bit. Nothing is left to chance, as it would be with
   * threads that run freely.
   *
   * @throws AssertionError if they are not; the message names the block
   */
  public void threads() {
    new ThreadCheck(block, this::run).check();
  }

  /** A pass by itself or, with an observer that does so, with others in between. */
  private void run(ThreadCheck.Pass pass) {
    DType dtype = dtype();
    try (Step step = pass.training() ? Step.training(new Rng(1)) : Step.inference(new Rng(1))) {
      List<Tensor> inputs = new ArrayList<>();
      for (long[] shape : shapes) {
        long[] larger = shape.clone();
        larger[0] += pass.moreExamples();
        int number = inputs.size();
        double[] values = numbers(number, larger, shapes.size() * pass.moreExamples() + number);
        Tensor input = tensor(step, number, dtype, values, larger);
        inputs.add(pass.training() && isReal(input) ? input.requireGradient() : input);
      }
      step.observe(pass);
      Tensor output = computation.apply(inputs);
      pass.computed(block, output);
      if (pass.training()) {
        loss(output, inputs).backward();
        inputs.stream()
            .filter(BlockCheck::isReal)
            .forEach(input -> pass.computed(block, input.gradient()));
        for (Parameter parameter : block.parameters()) {
          Tensor gradient = step.gradient(parameter);
          if (gradient != null) {
            pass.computed(block, gradient);
          }
        }
      }
    }
  }

  private DType dtype() {
    return block.variables().values().stream().map(Variable::dtype).findFirst().orElse(DType.FLOAT);
  }

  /**
   * Checks the gradients of parameters and inputs against central differences, in a training step
   * and in {@link DType#DOUBLE}; parameters and buffers have their values and formats again
   * afterwards. A wrong one comes from numbers that were copied out of a tensor and into another,
   * or from {@code stopGradient}. Surrogates such as {@code straightThrough}, and so a quantizer,
   * are not the derivatives of what they compute, and fail.
   *
   * @throws AssertionError if one is wrong; the message says which, and what it should be
   */
  public void gradients() {
    Map<Variable, DType> formats = new LinkedHashMap<>();
    block.variables().values().forEach(variable -> formats.put(variable, variable.dtype()));
    block.convert(DType.DOUBLE);
    try {
      checkGradients();
    } finally {
      formats.forEach(Variable::convert);
    }
  }

  private void checkGradients() {
    List<double[]> inputs = new ArrayList<>();
    shapes.forEach(shape -> inputs.add(numbers(inputs.size(), shape, inputs.size())));
    Map<Integer, double[]> ofInputs = new LinkedHashMap<>();
    Map<Parameter, double[]> ofParameters = new LinkedHashMap<>();
    try (Step step = Step.training(new Rng(1))) {
      List<Tensor> tensors = tensors(step, inputs);
      loss(computation.apply(tensors), tensors).backward();
      for (int i = 0; i < tensors.size(); i++) {
        if (isReal(tensors.get(i))) {
          ofInputs.put(i, tensors.get(i).gradient().toDoubles());
        }
      }
      for (Parameter parameter : block.parameters()) {
        if (parameter.isTrainable()) {
          Tensor gradient = step.gradient(parameter);
          ofParameters.put(
              parameter, gradient == null ? new double[parameter.size()] : gradient.toDoubles());
        }
      }
    }
    DoubleSupplier loss = () -> loss(inputs);
    ofInputs.forEach((i, g) -> compare("input " + i, inputs.get(i), () -> {}, loss, g));
    ofParameters.forEach(
        (parameter, gradient) -> {
          double[] values = parameter.toDoubles();
          compare(parameter.name(), values, () -> parameter.set(values), loss, gradient);
        });
  }

  private void compare(
      String what, double[] values, Runnable write, DoubleSupplier loss, double[] gradient) {
    for (int i = 0; i < values.length; i += 1 + values.length / ELEMENTS) {
      double before = values[i];
      double above;
      double below;
      try {
        above = at(before + DIFFERENCE, values, i, write, loss);
        below = at(before - DIFFERENCE, values, i, write, loss);
      } finally {
        values[i] = before;
        write.run();
      }
      double expected = (above - below) / (2 * DIFFERENCE);
      if (!(Math.abs(expected - gradient[i]) <= TOLERANCE * Math.max(1, Math.abs(expected)))) {
        throw new AssertionError(
            name(block)
                + ": expected "
                + expected
                + ", the central difference, as the gradient of "
                + what
                + " at element "
                + i
                + ", got "
                + gradient[i]
                + ". Look for a stopGradient, for numbers that are copied out of a tensor and into"
                + " another, and for a custom operation; a surrogate cannot pass.");
      }
    }
  }

  private static double at(
      double value, double[] values, int i, Runnable write, DoubleSupplier loss) {
    values[i] = value;
    write.run();
    return loss.getAsDouble();
  }

  private double loss(List<double[]> inputs) {
    try (Step step = Step.training(new Rng(1))) {
      List<Tensor> tensors = tensors(step, inputs);
      return loss(computation.apply(tensors), tensors).item();
    }
  }

  private List<Tensor> tensors(Step step, List<double[]> inputs) {
    List<Tensor> tensors = new ArrayList<>();
    for (double[] values : inputs) {
      int number = tensors.size();
      Tensor input = tensor(step, number, DType.DOUBLE, values, shapes.get(number));
      tensors.add(isReal(input) ? input.requireGradient() : input);
    }
    return tensors;
  }

  /** An input; one of integers is in INT, whatever the format. */
  private Tensor tensor(Step step, int input, DType format, double[] values, long... shape) {
    if (below.containsKey(input)) {
      return step.tensor(Arrays.stream(values).mapToInt(value -> (int) value).toArray(), shape);
    }
    return format == DType.DOUBLE ? step.tensor(values, shape) : step.tensor(floats(values), shape);
  }

  private static boolean isReal(Tensor input) {
    return input.dtype() != DType.INT;
  }

  /** A scalar in which every element counts differently, and which depends on all inputs. */
  private static Tensor loss(Tensor output, List<Tensor> inputs) {
    List<Tensor> real = inputs.stream().filter(BlockCheck::isReal).toList();
    Tensor y = isReal(output) || real.isEmpty() ? output : output.to(real.get(0).dtype());
    double[] weights = new double[Math.toIntExact(y.length())];
    Arrays.setAll(weights, i -> Math.sin(i + 1));
    Step step = y.step();
    Tensor factors =
        y.dtype() == DType.DOUBLE
            ? step.tensor(weights, y.shape())
            : step.tensor(floats(weights), y.shape());
    Tensor loss = y.mul(factors).sum();
    for (Tensor input : real) {
      loss = loss.add(input.sum().mul(0));
    }
    return loss;
  }

  private double[] numbers(int input, long[] shape, long seed) {
    Integer bound = below.get(input);
    Rng rng = new Rng(seed);
    double[] numbers = new double[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    Arrays.setAll(numbers, i -> bound == null ? (float) rng.nextGaussian() : rng.nextInt(bound));
    return numbers;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Its class and, inside another block, its name there. */
  static String name(Object block) {
    String type = block.getClass().getSimpleName();
    return block.toString().equals(type) ? type : type + " " + block;
  }
}
