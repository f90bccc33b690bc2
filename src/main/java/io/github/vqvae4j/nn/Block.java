package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A part of a model, with parameters, buffers and inner blocks. A {@link Layer} is a block that
 * maps one tensor to one; any other has methods of its own, of several inputs or results:
 *
 * <pre>{@code
 * final class Conditioned extends Block {
 *   private final Linear scale = child("scale", new Linear(..));
 *
 *   Tensor forward(Tensor x, Tensor condition) {
 *     return within(x.step(), () -> x.mul(scale.forward(condition)));
 *   }
 * }
 * }</pre>
 *
 * <p>A subclass makes its parts in its constructor with {@link #parameter}, {@link #buffer} and
 * {@link #child}. Names are hierarchical, {@code encoder.residual.0.conv.weight}, and stable: they
 * are the names in a model file.
 *
 * <p>Computing changes nothing, so any number of threads may run a block at once, each in a step of
 * its own: it must not write fields, nor arrays or collections in them ({@link BlockCheck} finds
 * out). What training changes beside the parameters (buffers) is given to {@link Step#onCommit}.
 *
 * <p>Two settings say what training does to a block: {@link #freeze} keeps its values, {@link
 * #eval} has it compute as in inference. They are independent of each other, as in PyTorch: a
 * frozen {@link BatchNorm2d} still normalizes by the batch unless it is in evaluation mode, too.
 * Both are of the object in memory, and not saved. Change them between passes, not during one. They
 * do not change what other blocks draw: one that draws in training only, as {@link Dropout} does,
 * counts its draw otherwise, too, by {@link Step#skipDraw}.
 */
public abstract class Block implements AutoCloseable {
  /** How many variables may still be made without values; absent where all get theirs. */
  private static final ThreadLocal<Integer> WITHOUT_VALUES = new ThreadLocal<>();

  private final Map<String, Variable> own = new LinkedHashMap<>();
  private final Map<String, Block> children = new LinkedHashMap<>();

  /** The first block that this one was added to, and its name there; null at the top of a model. */
  private Block parent;

  private String name;
  private volatile boolean training = true;

  /** For subclasses. */
  protected Block() {}

  /**
   * Runs a computation as this block's: errors, traces and the search for a NaN name the block, and
   * observers of the step are told of the result. Methods of a block that compute something are
   * written inside it.
   *
   * @param step of the inputs
   * @param computation gives the result
   * @return the result
   */
  protected final Tensor within(Step step, Supplier<Tensor> computation) {
    return within(step, computation, Function.identity());
  }

  /**
   * Runs a computation of several results as this block's.
   *
   * @param step of the inputs
   * @param computation gives the results
   * @param output which of them observers are told of, as the block's output
   * @param <T> of the results, such as a record of tensors
   * @return the results
   */
  protected final <T> T within(Step step, Supplier<T> computation, Function<T, Tensor> output) {
    T results = step.within(this, computation);
    step.computed(this, output.apply(results));
    return results;
  }

  /**
   * Adds trainable weights.
   *
   * @param name unique within this block, without dots
   * @param values their start, row by row
   * @param shape each dimension at least 1
   * @return the parameter; use it as a tensor with {@code parameter.in(step)}
   */
  protected final Parameter parameter(String name, float[] values, long... shape) {
    return parameter(name, () -> values, shape);
  }

  /**
   * Adds trainable weights whose start is only computed if it is needed: not by {@link
   * #withoutValues}.
   *
   * @param name unique within this block, without dots
   * @param values their start, row by row
   * @param shape each dimension at least 1
   * @return the parameter
   */
  protected final Parameter parameter(String name, Supplier<float[]> values, long... shape) {
    return add(name, new Parameter(() -> path() + name, start(values), shape));
  }

  /**
   * Adds state that has no gradient.
   *
   * @param name unique within this block, without dots
   * @param values its start, row by row
   * @param shape each dimension at least 1
   * @return the buffer
   */
  protected final Buffer buffer(String name, float[] values, long... shape) {
    return buffer(name, () -> values, shape);
  }

  /**
   * Adds state that has no gradient, as {@link #parameter(String, Supplier, long...)}.
   *
   * @param name unique within this block, without dots
   * @param values its start, row by row
   * @param shape each dimension at least 1
   * @return the buffer
   */
  protected final Buffer buffer(String name, Supplier<float[]> values, long... shape) {
    return add(name, new Buffer(() -> path() + name, start(values), shape));
  }

  /** The values to start with; null for none. */
  private static float[] start(Supplier<float[]> values) {
    Integer left = WITHOUT_VALUES.get();
    if (left == null) {
      return values.get();
    }
    if (left == 0) {
      throw new IllegalArgumentException("more parameters and buffers than expected");
    }
    WITHOUT_VALUES.set(left - 1);
    return null;
  }

  /**
   * Builds a block whose parameters and buffers have names and shapes, but neither values nor
   * memory until each is {@linkplain Variable#set(float[]) set} (as on PyTorch's meta device): so
   * the shapes can be compared with those in a file before anything of their size is made. Values
   * that a constructor computes itself, and not in a {@link Supplier}, it computes all the same.
   *
   * @param most how many parameters and buffers there may be
   * @param build calls the constructors, in this thread
   * @param <B> the block's type
   * @return the block; computing with it before all its variables are set throws
   * @throws IllegalArgumentException if there are more; also the constructors' own
   */
  public static <B extends Block> B withoutValues(int most, Supplier<B> build) {
    WITHOUT_VALUES.set(most);
    try {
      return build.get();
    } finally {
      WITHOUT_VALUES.remove();
    }
  }

  private <V extends Variable> V add(String name, V variable) {
    checkName(name);
    own.put(name, variable);
    return variable;
  }

  /**
   * Adds an inner block. It keeps its own modes: what was set here before does not reach it.
   *
   * @param name unique within this block, without dots
   * @param block the inner block, which several may share
   * @param <B> its type
   * @return the inner block
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

  /** What the names of its variables begin with. */
  private String path() {
    return parent == null ? "" : parent.path() + name + ".";
  }

  /**
   * Returns its name within its model, such as {@code encoder.residual.0}; its class at the top.
   */
  @Override
  public String toString() {
    return parent == null ? getClass().getSimpleName() : parent.path() + name;
  }

  private void checkName(String name) {
    if (name.isEmpty()
        || name.contains(".")
        || own.containsKey(name)
        || children.containsKey(name)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ": expected a name that is new here and has no dot, got \""
              + name
              + "\"; there are already "
              + own.keySet()
              + " and "
              + children.keySet()
              + ".");
    }
  }

  /**
   * The inner blocks.
   *
   * @return by name, in the order they were added
   */
  public final Map<String, Block> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * All parameters and buffers, those of inner blocks too.
   *
   * @return by hierarchical name, in the order they were added
   */
  public final Map<String, Variable> variables() {
    Map<String, Variable> all = new LinkedHashMap<>();
    collect("", all);
    return all;
  }

  private void collect(String prefix, Map<String, Variable> all) {
    own.forEach((name, variable) -> all.put(prefix + name, variable));
    children.forEach((name, block) -> block.collect(prefix + name + ".", all));
  }

  /**
   * All parameters, those of inner blocks too.
   *
   * @return in the order of {@link #variables()}
   */
  public final List<Parameter> parameters() {
    return variables().values().stream()
        .filter(Parameter.class::isInstance)
        .map(Parameter.class::cast)
        .distinct()
        .toList();
  }

  /**
   * Freezes all parameters and buffers that are here now, those of inner blocks too, also of shared
   * ones: training steps find no gradient of them, no optimizer moves them, and buffers such as
   * moving averages stay as they are. Gradients go through the block to what lies before it.
   * Afterwards some can be unfrozen: {@code model.freeze(); model.decoder().unfreeze()}.
   *
   * @see Variable#freeze
   */
  public final void freeze() {
    variables().values().forEach(Variable::freeze);
  }

  /** Lets training change all parameters and buffers again: undoes {@link #freeze}. */
  public final void unfreeze() {
    variables().values().forEach(Variable::unfreeze);
  }

  /**
   * Returns whether training leaves the block's values as they are.
   *
   * @return true if all parameters and buffers are frozen, those of inner blocks too, as where
   *     there are none
   */
  public final boolean isFrozen() {
    return variables().values().stream().allMatch(Variable::isFrozen);
  }

  /**
   * Has this block and those inside compute in training steps as in inference, with gradients: a
   * {@link Dropout} drops nothing, a {@link BatchNorm2d} takes its moving averages. Buffers do not
   * move.
   */
  public final void eval() {
    setTraining(false);
  }

  /** Has this block and those inside compute in training steps as is usual there. */
  public final void train() {
    setTraining(true);
  }

  private void setTraining(boolean value) {
    training = value;
    children.values().forEach(block -> block.setTraining(value));
  }

  /**
   * Returns the mode of this block alone.
   *
   * @return true, as at first and after {@link #train}; false after {@link #eval}
   */
  public final boolean isTraining() {
    return training;
  }

  /**
   * Returns whether a computation is one of training: what a block that computes otherwise there
   * asks, or that changes buffers.
   *
   * @param step in which it computes
   * @return true if the step trains and this block is in training mode
   */
  protected final boolean isTraining(Step step) {
    return training && step.isTraining();
  }

  /**
   * Changes the number format of all parameters and buffers: to DOUBLE for gradient checks.
   *
   * @param dtype the new format
   */
  public final void convert(DType dtype) {
    variables().values().forEach(variable -> variable.convert(dtype));
  }

  /** Frees the memory of all parameters and buffers; the block must not be used any more. */
  @Override
  public final void close() {
    variables().values().forEach(Variable::close);
  }
}
