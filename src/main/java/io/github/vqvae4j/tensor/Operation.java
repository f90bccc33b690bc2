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
 * An operation executed in a {@link Step}, with its attributes, inputs and results. Gradients,
 * errors and a {@link Trace} refer to operations.
 */
public final class Operation {
  private final OperationKind kind;
  private final Tensor[] inputs;
  private final Object layer;
  private List<Tensor> results = List.of();

  Operation(OperationKind kind, Tensor[] inputs, Object layer) {
    this.kind = kind;
    this.inputs = inputs;
    this.layer = layer;
  }

  /**
   * Returns the name of the operation.
   *
   * @return the name of the {@link Tensor} method, such as {@code conv2d}, or, if that method is
   *     composed of several operations, of the operation that is part of it; for a {@link
   *     CustomOperation}, its own name
   */
  public String name() {
    return kind.name();
  }

  /**
   * Returns the attributes of the operation. Those of a {@link CustomOperation} are the components
   * of its record, if it is a record.
   *
   * @return the values by name, such as {@code axis}; arrays are copied to lists
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
              + ": cannot read the attribute "
              + component.getName()
              + ". Make the record public, or open its package.",
          e);
    }
  }

  /**
   * Returns the inputs.
   *
   * @return the inputs, with null for absent optional inputs
   */
  public List<Tensor> inputs() {
    return Collections.unmodifiableList(Arrays.asList(inputs));
  }

  /**
   * Returns the results.
   *
   * @return at least one tensor
   */
  public List<Tensor> results() {
    return results;
  }

  /**
   * Returns the innermost layer that executed the operation.
   *
   * @return the layer, or null outside of all layers
   */
  public Object layer() {
    return layer;
  }

  /** Returns the name, followed by the layer if there is one. */
  @Override
  public String toString() {
    return layer == null ? name() : name() + " in " + layer;
  }

  OperationKind kind() {
    return kind;
  }

  /** Returns the inputs without copying them; the array must not be modified. */
  Tensor[] inputArray() {
    return inputs;
  }

  void setResults(List<Tensor> tensors) {
    results = tensors;
  }
}
