package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The saved state of an optimizer: arrays named {@code <parameter>/<kind>}. */
final class OptimizerState {
  /** What an optimizer remembers of one parameter. */
  interface ForParameter {
    /** Adds a copy; rows that were replaced since the last update are reset first. */
    void save(Parameter parameter, OptimizerState state, String name);

    /** Replaces the values with saved ones. */
    void restore(Parameter parameter, OptimizerState state, String name);
  }

  private final Map<String, NamedArray> arrays;

  private OptimizerState(Map<String, NamedArray> arrays) {
    this.arrays = arrays;
  }

  /** Implements {@link Optimizer#state}. */
  static Map<String, NamedArray> save(
      Map<Parameter, ? extends ForParameter> states, Map<Parameter, String> names) {
    OptimizerState saved = new OptimizerState(new LinkedHashMap<>());
    names.forEach(
        (parameter, name) -> {
          ForParameter state = states.get(parameter);
          if (state != null) {
            state.save(parameter, saved, name);
          }
        });
    return saved.arrays;
  }

  /**
   * Implements {@link Optimizer#restore}.
   *
   * @param states the states to replace, which remain as they are if the arrays do not suit
   * @param create creates the state of a parameter before its first update
   */
  static <S extends ForParameter> void restore(
      Map<Parameter, S> states,
      Function<Parameter, S> create,
      Map<String, Parameter> parameters,
      Map<String, NamedArray> arrays) {
    OptimizerState saved = new OptimizerState(arrays);
    Map<Parameter, S> restored = new HashMap<>();
    saved
        .parameters(parameters)
        .forEach(
            (name, parameter) -> {
              S state = create.apply(parameter);
              state.restore(parameter, saved, name);
              restored.put(parameter, state);
            });
    states.clear();
    states.putAll(restored);
  }

  /**
   * Returns the parameters that have a state.
   *
   * @param known all parameters by name
   * @throws IllegalArgumentException if another parameter has one
   */
  private Map<String, Parameter> parameters(Map<String, Parameter> known) {
    Set<String> names =
        arrays.keySet().stream()
            .map(name -> name.substring(0, Math.max(0, name.lastIndexOf('/'))))
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (String name : names) {
      if (!known.containsKey(name)) {
        throw new IllegalArgumentException(
            "Optimizer.restore: expected the state of parameters of the model, got that of "
                + MessageText.excerpt(name)
                + ". Restore the state of the same model and kind of optimizer.");
      }
      parameters.put(name, known.get(name));
    }
    return parameters;
  }

  void put(String parameter, String kind, float[][] chunks) {
    float[] values = ParameterChunks.concatenated(chunks);
    arrays.put(parameter + "/" + kind, NamedArray.of(values, values.length));
  }

  void put(String parameter, String kind, int... values) {
    arrays.put(parameter + "/" + kind, NamedArray.of(values, values.length));
  }

  boolean has(String parameter, String kind) {
    return arrays.containsKey(parameter + "/" + kind);
  }

  /** Copies an array to chunks of the same total size. */
  void get(String parameter, String kind, float[][] chunks) {
    int size = ParameterChunks.size(chunks);
    ParameterChunks.copy(array(parameter, kind, NamedArray.Type.F32, size).floats(), chunks);
  }

  int[] ints(String parameter, String kind, int size) {
    return array(parameter, kind, NamedArray.Type.I32, size).ints().clone();
  }

  private NamedArray array(String parameter, String kind, NamedArray.Type type, int size) {
    NamedArray array = arrays.get(parameter + "/" + kind);
    if (array == null || array.type() != type || array.length() != size) {
      throw new IllegalArgumentException(
          "Optimizer.restore: expected "
              + type
              + "["
              + size
              + "] as "
              + parameter
              + "/"
              + kind
              + ", got "
              + (array == null ? "no such array" : array)
              + ". Restore the state of the same model and kind of optimizer.");
    }
    return array;
  }
}
