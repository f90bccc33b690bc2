package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A case of golden/core_operations.safetensors: an operation with its attributes and inputs, and
 * PyTorch's results.
 */
record GoldenCase(String name, JsonObject attributes, SafetensorsFile file) {
  /** The inputs that may have gradients, in the order of the operands. */
  private static final List<String> OPERANDS = List.of("x", "target", "weight", "bias", "gain");

  static List<GoldenCase> all() throws IOException {
    SafetensorsFile file =
        Safetensors.read(Path.of("src/test/resources/golden/core_operations.safetensors"));
    return Stream.of(file.metadata().get("cases").split(" "))
        .map(name -> new GoldenCase(name, attributes(file, name), file))
        .toList();
  }

  private static JsonObject attributes(SafetensorsFile file, String name) {
    return JsonParser.parseString(file.metadata().get(name)).getAsJsonObject();
  }

  /** Returns the operation, which may have several cases. */
  String operation() {
    return attributes.get("operation").getAsString();
  }

  // --- arrays

  /** Returns the names of the inputs, except for indices, masks and the like. */
  List<String> operands() {
    return OPERANDS.stream().filter(this::has).toList();
  }

  boolean has(String key) {
    return file.arrays().containsKey(name + "." + key);
  }

  /** Returns whether the case has gradients, which INT and constant results do not. */
  boolean hasGradients() {
    return has("dy");
  }

  boolean isInteger(String key) {
    return array(key).type() == NamedArray.Type.I64;
  }

  /** Returns an array of any data type. */
  NdArray ndArray(String key) {
    NamedArray array = array(key);
    double[] values = new double[array.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (array.type()) {
            case F32 -> array.floats()[i];
            case F64 -> array.doubles()[i];
            default -> array.longs()[i];
          };
    }
    return new NdArray(values, array.shape());
  }

  private NamedArray array(String key) {
    return file.arrays().get(name + "." + key);
  }

  // --- attributes

  boolean hasAttribute(String key) {
    return attributes.has(key);
  }

  /** Infinities are stored as text. */
  double number(String key) {
    return attributes.get(key).getAsDouble();
  }

  int integer(String key) {
    return attributes.get(key).getAsInt();
  }

  boolean flag(String key) {
    return attributes.get(key).getAsBoolean();
  }

  int[] integers(String key) {
    return attributes.getAsJsonArray(key).asList().stream()
        .mapToInt(JsonElement::getAsInt)
        .toArray();
  }

  /**
   * Asserts that an array has the expected shape and values. The tolerance is relative for values
   * above 1; integers, infinities and NaN must be equal.
   */
  void assertClose(String key, NdArray actual, double tolerance) {
    NdArray expected = ndArray(key);
    String what = this + ": " + key;
    assertArrayEquals(expected.shape(), actual.shape(), () -> what + ": shape");
    double allowed = isInteger(key) ? 0 : tolerance;
    for (int i = 0; i < expected.values().length; i++) {
      double e = expected.values()[i];
      double a = actual.values()[i];
      // Negated, so that unexpected NaN fails.
      if (Double.isFinite(e)
          ? !(Math.abs(e - a) <= allowed * Math.max(1, Math.abs(e)))
          : Double.compare(e, a) != 0) {
        fail(what + "[" + i + "] is " + a + ", expected " + e + " within " + allowed);
      }
    }
  }

  @Override
  public String toString() {
    return name + " " + attributes;
  }
}
