package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A part of a model: a function of a tensor, with parameters, buffers and inner layers.
 *
 * <p>A subclass makes these in its constructor with {@link #parameter}, {@link #buffer} and {@link
 * #child}, and says in {@link #compute} what it computes; gradients follow by themselves. Names are
 * hierarchical, {@code encoder.residual.0.conv.weight}, and stable: they are the names in a model
 * file.
 *
 * <p>Computing changes nothing, so any number of threads may run a layer at once, each in a step of
 * its own. What training changes beside the parameters (buffers) is given to {@link
 * io.github.vqvae4j.tensor.Step#onCommit}.
 */
public abstract class Layer implements AutoCloseable {
  /** How many variables may still be made without values; absent where all get theirs. */
  private static final ThreadLocal<Integer> WITHOUT_VALUES = new ThreadLocal<>();

  private final Map<String, Variable> own = new LinkedHashMap<>();
  private final Map<String, Layer> children = new LinkedHashMap<>();

  /** The first layer that this one was added to, and its name there; null at the top of a model. */
  private Layer parent;

  private String name;

  /** For subclasses. */
  protected Layer() {}

  /**
   * Computes the output.
   *
   * @param input what the layer's documentation says
   * @return the output, of the same step
   */
  public final Tensor forward(Tensor input) {
    Tensor output = input.step().within(this, () -> compute(input));
    input.step().computed(this, output);
    return output;
  }

  /**
   * Layers one after another. In inference the memory of each output is given back as soon as the
   * next one is there.
   *
   * @param input of the first
   * @param layers each takes what the one before gives
   * @return the output of the last
   */
  protected static Tensor chain(Tensor input, List<? extends Layer> layers) {
    Tensor output = input;
    for (Layer layer : layers) {
      Tensor next = layer.forward(output);
      if (!output.sharesMemoryWith(input)) {
        next.releasing(output);
      }
      output = next;
    }
    return output;
  }

  /**
   * What the layer computes: the one method that every layer has to write.
   *
   * @param input of any step
   * @return the output
   */
  protected abstract Tensor compute(Tensor input);

  /**
   * Adds trainable weights.
   *
   * @param name unique within this layer, without dots
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
   * @param name unique within this layer, without dots
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
   * @param name unique within this layer, without dots
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
   * @param name unique within this layer, without dots
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
   * Builds a layer whose parameters and buffers have names and shapes, but neither values nor
   * memory until each is {@linkplain Variable#set(float[]) set} (as on PyTorch's meta device): so
   * the shapes can be compared with those in a file before anything of their size is made. Values
   * that a constructor computes itself, and not in a {@link Supplier}, it computes all the same.
   *
   * @param most how many parameters and buffers there may be
   * @param build calls the constructors, in this thread
   * @param <L> the layer's type
   * @return the layer; computing with it before all its variables are set throws
   * @throws IllegalArgumentException if there are more; also the constructors' own
   */
  public static <L extends Layer> L withoutValues(int most, Supplier<L> build) {
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
   * Adds an inner layer.
   *
   * @param name unique within this layer, without dots
   * @param layer the inner layer
   * @param <L> its type
   * @return the inner layer
   */
  protected final <L extends Layer> L child(String name, L layer) {
    checkName(name);
    children.put(name, layer);
    Layer added = layer;
    if (added.parent == null) {
      added.parent = this;
      added.name = name;
    }
    return layer;
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
   * The inner layers.
   *
   * @return by name, in the order they were added
   */
  public final Map<String, Layer> children() {
    return Collections.unmodifiableMap(children);
  }

  /**
   * All parameters and buffers, those of inner layers too.
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
    children.forEach((name, layer) -> layer.collect(prefix + name + ".", all));
  }

  /**
   * All parameters, those of inner layers too.
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
   * Changes the number format of all parameters and buffers: to DOUBLE for gradient checks.
   *
   * @param dtype the new format
   */
  public final void convert(DType dtype) {
    variables().values().forEach(variable -> variable.convert(dtype));
  }

  /** Frees the memory of all parameters and buffers; the layer must not be used any more. */
  @Override
  public final void close() {
    variables().values().forEach(Variable::close);
  }
}
