package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The base class of all model components: a container of parameters, buffers and child blocks. A
 * {@link Layer} is a block that maps one tensor to one tensor. Extend {@code Block} directly for
 * components with several inputs or outputs:
 *
 * <pre>{@code
 * final class Conditioned extends Block {
 *   private final Linear scale;
 *
 *   Conditioned(int conditionSize, int channels, Rng rng) {
 *     scale = child("scale", new Linear(conditionSize, channels, rng));
 *   }
 *
 *   // x is [batch, channels], condition is [batch, conditionSize]
 *   Tensor forward(Tensor x, Tensor condition) {
 *     return within(x.step(), () -> x.mul(scale.forward(condition)));
 *   }
 * }
 * }</pre>
 *
 * <p>Subclasses register parameters, buffers and children in the constructor with {@link
 * #parameter}, {@link #buffer} and {@link #child}. Names are hierarchical, such as {@code
 * encoder.residual.0.conv.weight}, and stable: model files use them.
 *
 * <p>Blocks are thread-safe: any number of threads may run a block concurrently, each in its own
 * step. A forward pass must therefore not modify fields, or arrays and collections held by fields;
 * {@link BlockCheck} verifies this. Updates to buffers are registered with {@link Step#onCommit}.
 *
 * <p>Two settings control how a block behaves in training: {@link #freeze} keeps its values fixed,
 * {@link #eval} makes it compute as in inference. They are independent, as in PyTorch: a frozen
 * {@link BatchNorm2d} still normalizes with the batch statistics unless it is also in evaluation
 * mode. Neither setting is saved with the model, but both are part of the checkpoint of a run.
 * Change them between passes, not during one. They do not affect the random numbers of other
 * blocks: a block that draws random numbers only in training, such as {@link Dropout}, calls {@link
 * Step#skipDraw} otherwise.
 */
public abstract class Block implements AutoCloseable {
  /** The number of variables created without values, and its maximum. */
  private static final class WithoutValues {
    private final int max;
    private int count;

    private WithoutValues(int max) {
      this.max = max;
    }

    private void add() {
      if (count == max) {
        throw new IllegalArgumentException(
            "Block.withoutValues: expected at most " + max + " parameters and buffers, got more");
      }
      count++;
    }
  }

  /** Null outside {@link #withoutValues}. */
  private static final ThreadLocal<WithoutValues> WITHOUT_VALUES = new ThreadLocal<>();

  private final Map<String, Variable> ownVariables = new LinkedHashMap<>();
  private final Map<String, Block> children = new LinkedHashMap<>();

  /** The first block this one was added to, and its name there; null for the root of a model. */
  private Block parent;

  private String name;
  private volatile boolean training = true;

  /** Constructor for subclasses. */
  protected Block() {}

  /**
   * Runs a computation in the scope of this block. Errors, traces and NaN detection report the
   * block's name, and observers of the step are notified of the result. Every method of a block
   * that computes tensors should run inside this scope.
   *
   * @param step the step of the inputs
   * @param computation computes the result
   * @return the result
   */
  protected final Tensor within(Step step, Supplier<Tensor> computation) {
    return within(step, computation, Function.identity());
  }

  /**
   * Runs a computation with several results in the scope of this block.
   *
   * @param step the step of the inputs
   * @param computation computes the results
   * @param output selects the tensor that observers receive as the block's output
   * @param <T> the type of the results, such as a record of tensors
   * @return the results
   */
  protected final <T> T within(Step step, Supplier<T> computation, Function<T, Tensor> output) {
    T results = step.within(this, computation);
    step.notifyObserver(this, output.apply(results));
    return results;
  }

  /**
   * Adds a trainable parameter.
   *
   * @param name the name, unique within this block, without dots
   * @param values the initial values in row-major order
   * @param shape the shape, with dimensions of at least 1
   * @return the parameter; {@code parameter.in(step)} is its tensor
   */
  protected final Parameter parameter(String name, float[] values, long... shape) {
    return parameter(name, () -> values, shape);
  }

  /**
   * Adds a trainable parameter whose initial values are computed only when needed, that is, not in
   * {@link #withoutValues}.
   *
   * @param name the name, unique within this block, without dots
   * @param values computes the initial values in row-major order
   * @param shape the shape, with dimensions of at least 1
   * @return the parameter
   */
  protected final Parameter parameter(String name, Supplier<float[]> values, long... shape) {
    return add(name, new Parameter(this, name, initialValues(values), shape));
  }

  /**
   * Adds a buffer: state without a gradient.
   *
   * @param name the name, unique within this block, without dots
   * @param values the initial values in row-major order
   * @param shape the shape, with dimensions of at least 1
   * @return the buffer
   */
  protected final Buffer buffer(String name, float[] values, long... shape) {
    return buffer(name, () -> values, shape);
  }

  /**
   * Adds a buffer whose initial values are computed only when needed, that is, not in {@link
   * #withoutValues}.
   *
   * @param name the name, unique within this block, without dots
   * @param values computes the initial values in row-major order
   * @param shape the shape, with dimensions of at least 1
   * @return the buffer
   */
  protected final Buffer buffer(String name, Supplier<float[]> values, long... shape) {
    return add(name, new Buffer(() -> path() + name, initialValues(values), shape));
  }

  /** Returns the initial values, or null inside {@link #withoutValues}. */
  private static float[] initialValues(Supplier<float[]> values) {
    WithoutValues withoutValues = WITHOUT_VALUES.get();
    if (withoutValues == null) {
      return values.get();
    }
    withoutValues.add();
    return null;
  }

  /**
   * Builds a block whose parameters and buffers have names and shapes, but no values or memory
   * until each one is {@linkplain Variable#set(float[]) set}, as on PyTorch's meta device. This
   * makes it possible to compare shapes with those in a file before allocating memory. Values that
   * a constructor computes eagerly, rather than in a {@link Supplier}, are still computed.
   *
   * @param max the maximum number of parameters and buffers
   * @param build calls the constructors, in this thread
   * @param <B> the type of the block
   * @return the block; using it before all of its variables are set throws
   * @throws IllegalArgumentException if there are more than {@code max} variables, or if a
   *     constructor throws it
   */
  public static <B extends Block> B withoutValues(int max, Supplier<B> build) {
    WITHOUT_VALUES.set(new WithoutValues(max));
    try {
      return build.get();
    } finally {
      WITHOUT_VALUES.remove();
    }
  }

  private <V extends Variable> V add(String name, V variable) {
    checkName(name);
    ownVariables.put(name, variable);
    return variable;
  }

  /**
   * Adds a child block. The child keeps its own mode: earlier calls of {@link #eval} or {@link
   * #freeze} on this block do not apply to it.
   *
   * @param name the name, unique within this block, without dots
   * @param block the child, which may be shared by several parents
   * @param <B> the type of the child
   * @return the child
   */
  protected final <B extends Block> B child(String name, B block) {
    checkName(name);
    children.put(name, block);
    Block added = block;
    if (added.parent == null) {
      added.parent = this;
      added.name = name;
    }
    return block;
  }

  /** Returns the prefix of the names of this block's variables. */
  String path() {
    return parent == null ? "" : parent.path() + name + ".";
  }

  /** Returns the model that this block is a part of. */
  Block root() {
    return parent == null ? this : parent.root();
  }

  /**
   * Returns the name within the model, such as {@code encoder.residual.0}, or the class name for
   * the root.
   */
  @Override
  public String toString() {
    return parent == null ? typeName(this) : parent.path() + name;
  }

  /** Returns the simple class name, or the full one if the class is anonymous. */
  static String typeName(Object block) {
    String name = block.getClass().getSimpleName();
    return name.isEmpty() ? block.getClass().getName() : name;
  }

  private void checkName(String name) {
    if (name.isEmpty()
        || name.contains(".")
        || ownVariables.containsKey(name)
        || children.containsKey(name)) {
      throw new IllegalArgumentException(
          typeName(this)
              + ": expected a unique name without dots, got \""
              + name
              + "\". Existing names: "
              + ownVariables.keySet()
              + " and "
              + children.keySet()
              + ".");
    }
  }

  /**
   * Returns the child blocks.
   *
   * @return the children by name, in insertion order
   */
  public final Map<String, Block> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * Returns all parameters and buffers of this block and its descendants.
   *
   * @return the variables by hierarchical name, in insertion order
   */
  public final Map<String, Variable> variables() {
    Map<String, Variable> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Variable> all) {
    ownVariables.forEach((name, variable) -> all.put(prefix + name, variable));
    children.forEach((name, block) -> block.collect(prefix + name + ".", all));
  }

  /**
   * Returns all parameters of this block and its descendants.
   *
   * @return the parameters in the order of {@link #variables()}, without duplicates
   */
  public final List<Parameter> parameters() {
    return variables().values().stream()
        .filter(Parameter.class::isInstance)
        .map(Parameter.class::cast)
        .distinct()
        .toList();
  }

  /**
   * Freezes all current parameters and buffers of this block and its descendants, including shared
   * ones. Training steps compute no gradients for them, optimizers do not update them, and buffers
   * such as moving averages keep their values. Gradients still flow through the block to its
   * inputs. Parts of a frozen model can be unfrozen: {@code model.freeze();
   * model.decoder().unfreeze()}.
   *
   * @see Variable#freeze
   */
  public final void freeze() {
    variables().values().forEach(Variable::freeze);
  }

  /** Makes all parameters and buffers trainable again; reverses {@link #freeze}. */
  public final void unfreeze() {
    variables().values().forEach(Variable::unfreeze);
  }

  /**
   * Returns whether all parameters and buffers of this block and its descendants are frozen.
   *
   * @return true if all are frozen, or if there are none
   */
  public final boolean isFrozen() {
    return variables().values().stream().allMatch(Variable::isFrozen);
  }

  /**
   * Sets this block and its descendants to evaluation mode. In training steps they compute as in
   * inference, but with gradients: {@link Dropout} is disabled, {@link BatchNorm2d} uses its moving
   * averages, and buffers are not updated.
   */
  public final void eval() {
    setTraining(false);
  }

  /** Sets this block and its descendants to training mode, the default. */
  public final void train() {
    setTraining(true);
  }

  private void setTraining(boolean value) {
    training = value;
    children.values().forEach(block -> block.setTraining(value));
  }

  /**
   * Returns whether this block is in training mode. Children may be in a different mode.
   *
   * @return true initially and after {@link #train}; false after {@link #eval}
   */
  public final boolean isTraining() {
    return training;
  }

  /**
   * Returns whether the block should use its training behavior in a step, for blocks that compute
   * differently in training or update buffers.
   *
   * @param step the step of the computation
   * @return true if it is a training step and this block is in training mode
   */
  protected final boolean isTraining(Step step) {
    return training && step.isTraining();
  }

  /**
   * Converts all parameters and buffers to another data type, such as DOUBLE for gradient checks.
   *
   * @param dtype the new data type
   */
  public final void convert(DType dtype) {
    variables().values().forEach(variable -> variable.convert(dtype));
  }

  /**
   * Saves all parameters and buffers to a safetensors file, under their hierarchical names.
   *
   * @param file the file; an existing file is replaced only after the new one is complete
   * @throws IllegalStateException if a value is NaN or infinite
   * @throws IOException if the file cannot be written
   */
  public final void saveWeights(Path file) throws IOException {
    Objects.requireNonNull(file, "Block.saveWeights: expected a file, got null.");
    WeightsFile.save(variables(), file);
  }

  /**
   * Loads all parameters and buffers from a file.
   *
   * @param file a file written by {@link #saveWeights}, for a block built like this one
   * @throws IOException if the file does not exist or is corrupt, or if names or shapes differ; the
   *     block is unchanged then
   */
  public final void loadWeights(Path file) throws IOException {
    loadWeights(file, "");
  }

  /**
   * Loads all parameters and buffers from a file of a larger model, such as the encoder of a saved
   * autoencoder.
   *
   * <pre>{@code
   * encoder.loadWeights(Path.of("digits.safetensors"), "encoder");
   * }</pre>
   *
   * @param file a safetensors file
   * @param prefix the name of the block in that model, such as {@code decoder.residual}
   * @throws IOException if the file does not exist or is corrupt, or if names or shapes differ; the
   *     block is unchanged then
   */
  public final void loadWeights(Path file, String prefix) throws IOException {
    Objects.requireNonNull(file, "Block.loadWeights: expected a file, got null.");
    Objects.requireNonNull(
        prefix, "Block.loadWeights: expected the name of a block in the file, got null.");
    WeightsFile.load(file, prefix, variables());
  }

  /** Releases the memory of all parameters and buffers. The block must not be used afterwards. */
  @Override
  public final void close() {
    variables().values().forEach(Variable::close);
  }
}
