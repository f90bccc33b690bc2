package io.github.vqvae4j.tensor;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An operation that was carried out in a {@link Step}: what it is, what it was applied to, and what
 * it gave. Gradients, the names in errors and a {@link Trace} come from this one record.
 */
public final class Operation {
  private final Kind kind;
  private final Tensor[] inputs;
  private final Object layer;
  private List<Tensor> results = List.of();

  Operation(Kind kind, Tensor[] inputs, Object layer) {
    this.kind = kind;
    this.inputs = inputs;
    this.layer = layer;
  }

  /**
   * Returns what it computes.
   *
   * @return the name of the method of {@link Tensor}, as {@code conv2d}, or of one that it is put
   *     together from; the name of a {@link CustomOperation}
   */
  public String name() {
    return kind.name();
  }

  /**
   * Returns the settings it was carried out with; of a {@link CustomOperation}, its components if
   * it is a record.
   *
   * @return by name, as {@code axis}; arrays as lists, which are copies
   */
  public Map<String, Object> attributes() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    Object settings = kind.attributes();
    if (settings.getClass().isRecord()) {
      for (RecordComponent component : settings.getClass().getRecordComponents()) {
        attributes.put(component.getName(), value(component, settings));
      }
    }
    return Collections.unmodifiableMap(attributes);
  }

  private static List<Object> list(Object array) {
    return IntStream.range(0, Array.getLength(array)).mapToObj(i -> Array.get(array, i)).toList();
  }

  private Object value(RecordComponent component, Object settings) {
    try {
      component.getAccessor().trySetAccessible();
      Object value = component.getAccessor().invoke(settings);
      return value != null && value.getClass().isArray() ? list(value) : value;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          name()
              + ": its attribute "
              + component.getName()
              + " cannot be read. Make the record public, or open its package.",
          e);
    }
  }

  /**
   * Returns what it was applied to.
   *
   * @return the operands, null where an optional one is absent
   */
  public List<Tensor> inputs() {
    return Collections.unmodifiableList(Arrays.asList(inputs));
  }

  /**
   * Returns what it gave.
   *
   * @return at least one tensor
   */
  public List<Tensor> results() {
    return results;
  }

  /**
   * Returns the innermost layer whose computation it was part of.
   *
   * @return the layer; null outside of all layers
   */
  public Object layer() {
    return layer;
  }

  /** The name, with the layer where there is one. */
  @Override
  public String toString() {
    return layer == null ? name() : name() + " in " + layer;
  }

  Kind kind() {
    return kind;
  }

  /** The inputs themselves, not to be changed. */
  Tensor[] tensors() {
    return inputs;
  }

  void gave(List<Tensor> tensors) {
    results = tensors;
  }
}
