package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Checks for unit tests of custom blocks: thread safety, gradients, and training by several
 * workers. Inputs are random; small shapes are sufficient.
 *
 * <pre>{@code
 * BlockCheck check = BlockCheck.of(encoder, 2, 8, 8, 1);
 * check.checkThreadSafety();
 * check.checkGradients();
 * check.checkWorkers();
 * }</pre>
 */
public final class BlockCheck {
  private static final double STEP_SIZE = 1e-6;
  private static final double TOLERANCE = 1e-6;

  /**
   * The approximate number of elements of each array that are compared with central differences.
   */
  private static final int SAMPLES = 10;

  private final Block block;
  private final Function<List<Tensor>, Tensor> computation;
  private final CheckInputs inputs;

  private BlockCheck(Block block, Function<List<Tensor>, Tensor> computation, CheckInputs inputs) {
    this.block = block;
    this.computation = computation;
    this.inputs = inputs;
  }

  /**
   * Creates checks of a layer.
   *
   * @param layer the layer
   * @param inputShape the input shape; the first axis is the batch
   * @return the checks
   */
  public static BlockCheck of(Layer layer, long... inputShape) {
    return of(layer, x -> layer.forward(x.get(0)), inputShape.clone());
  }

  /**
   * Creates checks of a block with several inputs or outputs.
   *
   * <pre>{@code
   * BlockCheck.of(
   *     film, x -> film.forward(x.get(0), x.get(1)), new long[] {2, 5, 5, 4}, new long[] {2, 3});
   * }</pre>
   *
   * @param block the block
   * @param computation calls the block; if there are several outputs, it returns one of them or a
   *     combination
   * @param inputShapes the shape of each input; the first axis is the batch
   * @return the checks
   */
  public static BlockCheck of(
      Block block, Function<List<Tensor>, Tensor> computation, long[]... inputShapes) {
    return new BlockCheck(block, computation, new CheckInputs(List.of(inputShapes), Map.of()));
  }

  /**
   * Returns checks that pass integers for an input, as required by {@link Embedding}: {@code
   * BlockCheck.of(embedding, 2, 5).integerInput(0, 512)}.
   *
   * @param input the index of the input, from 0
   * @param bound the exclusive upper bound of the integers, at least 1
   * @return a copy in which this input is a tensor of type {@link DType#INT}
   * @throws IllegalArgumentException if there is no such input or the bound is less than 1
   */
  public BlockCheck integerInput(int input, int bound) {
    if (input < 0 || input >= inputs.shapes().size() || bound < 1) {
      throw new IllegalArgumentException(
          "BlockCheck.integerInput: expected an input from 0 to "
              + (inputs.shapes().size() - 1)
              + " and a bound of at least 1, got input "
              + input
              + " and bound "
              + bound
              + ".");
    }
    return new BlockCheck(block, computation, inputs.withIntegers(input, bound));
  }

  /**
   * Checks that several threads can run the block concurrently. First, a pass must leave all fields
   * unchanged, including the elements of arrays and collections. Second, while one thread runs a
   * pass, another thread runs complete passes in between, before each use of the first thread's
   * step, with different inputs and a different batch size, in training and in inference. All
   * outputs and gradients must be bitwise equal to those of passes that run alone. The interleaving
   * is deterministic, so the check does not depend on thread scheduling.
   *
   * @throws AssertionError if the block is not thread-safe; the message names the block
   */
  public void checkThreadSafety() {
    new ThreadSafetyCheck(block, this::run).check();
  }

  /** Runs a pass; observers may run other passes in between. */
  private void run(ThreadSafetyCheck.Pass pass) {
    DType dtype = dtype();
    try (Step step = pass.training() ? Step.training(new Rng(1)) : Step.inference(new Rng(1))) {
      List<Tensor> tensors = inputs.enlarged(step, dtype, pass.extraExamples(), pass.training());
      step.observe(pass);
      Tensor output = computation.apply(tensors);
      pass.afterLayer(block, output);
      if (pass.training()) {
        loss(output, tensors, 0).backward();
        tensors.stream()
            .filter(CheckInputs::isReal)
            .forEach(input -> pass.afterLayer(block, input.gradient()));
        for (Parameter parameter : block.parameters()) {
          Tensor gradient = step.gradient(parameter);
          if (gradient != null) {
            pass.afterLayer(block, gradient);
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
   * and in {@link DType#DOUBLE}. Afterwards the values and data types of parameters and buffers are
   * restored. Typical causes of a wrong gradient are values that are copied out of one tensor and
   * into another, and {@code stopGradient}. Surrogate gradients such as {@code straightThrough},
   * and therefore quantizers, are not the derivatives of the computed function and fail.
   *
   * @throws AssertionError if a gradient is wrong; the message names the parameter or input and
   *     states the expected value
   */
  public void checkGradients() {
    inDouble(this::compareGradients);
  }

  /**
   * Checks that two workers, each with a share of a batch, together compute what one worker
   * computes with the whole batch: the output, the gradients of inputs and parameters, and the
   * buffers after a training step, in {@link DType#DOUBLE}. An output whose first axis is not the
   * batch is taken for a mean over the examples, such as a loss. The check uses batches of at least
   * 5 examples. Afterwards the values and data types of parameters and buffers are restored.
   *
   * <p>A block that combines the examples of a batch fails, unless it exchanges what it needs with
   * {@link Step#sumOverWorkers}.
   *
   * @throws AssertionError if a result differs; the message names it
   */
  public void checkWorkers() {
    int examples = 2 * Math.max(2, inputs.examples()) + 1;
    inDouble(() -> new WorkerCheck(block, computation, inputs, examples).check());
  }

  private void inDouble(Runnable check) {
    Map<Variable, DType> dtypes = new LinkedHashMap<>();
    block.variables().values().forEach(variable -> dtypes.put(variable, variable.dtype()));
    block.convert(DType.DOUBLE);
    try {
      check.run();
    } finally {
      dtypes.forEach(Variable::convert);
    }
  }

  private void compareGradients() {
    List<double[]> values = inputs.values();
    Map<Integer, double[]> inputGradients = new LinkedHashMap<>();
    Map<Parameter, double[]> parameterGradients = new LinkedHashMap<>();
    try (Step step = Step.training(new Rng(1))) {
      List<Tensor> tensors = inputs.tensors(step, values);
      loss(computation.apply(tensors), tensors, 0).backward();
      for (int i = 0; i < tensors.size(); i++) {
        if (CheckInputs.isReal(tensors.get(i))) {
          inputGradients.put(i, tensors.get(i).gradient().toDoubles());
        }
      }
      for (Parameter parameter : block.parameters()) {
        if (parameter.isTrainable()) {
          Tensor gradient = step.gradient(parameter);
          parameterGradients.put(
              parameter, gradient == null ? new double[parameter.size()] : gradient.toDoubles());
        }
      }
    }
    DoubleSupplier loss = () -> loss(values);
    inputGradients.forEach((i, g) -> compare("input " + i, values.get(i), () -> {}, loss, g));
    parameterGradients.forEach(
        (parameter, gradient) -> {
          double[] weights = parameter.toDoubles();
          compare(parameter.name(), weights, () -> parameter.set(weights), loss, gradient);
        });
  }

  private void compare(
      String name, double[] values, Runnable write, DoubleSupplier loss, double[] gradient) {
    for (int i = 0; i < values.length; i += 1 + values.length / SAMPLES) {
      double before = values[i];
      double above;
      double below;
      try {
        above = lossWith(before + STEP_SIZE, values, i, write, loss);
        below = lossWith(before - STEP_SIZE, values, i, write, loss);
      } finally {
        values[i] = before;
        write.run();
      }
      double expected = (above - below) / (2 * STEP_SIZE);
      if (!(Math.abs(expected - gradient[i]) <= TOLERANCE * Math.max(1, Math.abs(expected)))) {
        throw new AssertionError(
            name(block)
                + ": gradient of "
                + name
                + " at element "
                + i
                + ": expected "
                + expected
                + " (central difference), got "
                + gradient[i]
                + ". Check for stopGradient, for values that are copied out of a tensor and into"
                + " another, and for custom operations. Surrogate gradients cannot pass this"
                + " check.");
      }
    }
  }

  private static double lossWith(
      double value, double[] values, int i, Runnable write, DoubleSupplier loss) {
    values[i] = value;
    write.run();
    return loss.getAsDouble();
  }

  private double loss(List<double[]> values) {
    try (Step step = Step.training(new Rng(1))) {
      List<Tensor> tensors = inputs.tensors(step, values);
      return loss(computation.apply(tensors), tensors, 0).item();
    }
  }

  /**
   * Returns a scalar that weights every output element differently and depends on all inputs. The
   * offset is the index of the first element in the output of the whole batch.
   */
  static Tensor loss(Tensor output, List<Tensor> inputs, long offset) {
    List<Tensor> real = inputs.stream().filter(CheckInputs::isReal).toList();
    Tensor y =
        CheckInputs.isReal(output) || real.isEmpty() ? output : output.to(real.get(0).dtype());
    double[] weights = new double[Math.toIntExact(y.length())];
    Arrays.setAll(weights, i -> Math.sin(offset + i + 1));
    Tensor factors = CheckInputs.tensor(y.step(), y.dtype(), weights, y.shape());
    Tensor loss = y.mul(factors).sum();
    for (Tensor input : real) {
      loss = loss.add(input.sum().mul(0));
    }
    return loss;
  }

  /** Returns the class name of a block followed by its hierarchical name, if it has one. */
  static String name(Object block) {
    String type = Block.typeName(block);
    return block.toString().equals(type) ? type : type + " " + block;
  }
}
