package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.nn.Block;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies all parameters and buffers of a model and compares them bit for bit. */
final class States {
  private States() {}

  static Map<String, float[]> of(Block model) {
    Map<String, float[]> state = new LinkedHashMap<>();
    model.variables().forEach((name, variable) -> state.put(name, variable.toFloats()));
    return state;
  }

  static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
  }
}
