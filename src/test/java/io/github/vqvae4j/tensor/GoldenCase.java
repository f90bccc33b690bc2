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
 * A case of golden/core_operations.safetensors: an operation with its attributes, its inputs, and
 * what PyTorch made of them.
 */
record GoldenCase(String name, JsonObject attributes, SafetensorsFile file) {
  /** The inputs that may have gradients, in the order in which operations take them. */
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

  /** Several cases try one operation. */
  String operation() {
    return attributes.get("operation").getAsString();
  }

  // --- arrays

  /** The names of its inputs but for indices, masks and the like. */
  List<String> operands() {
    return OPERANDS.stream().filter(this::has).toList();
  }

  boolean has(String key) {
    return file.arrays().containsKey(name + "." + key);
  }

  /** Whether gradients are known: not if the result is of integers, or lets no gradient through. */
  boolean hasGradients() {
    return has("dy");
  }

  boolean isInteger(String key) {
    return array(key).type() == NamedArray.Type.I64;
  }

  /** An array, integers too. */
  NdArray numbers(String key) {
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

  /** Infinities stand there as text. */
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
   * Asserts that numbers have the shape and, but for the tolerance, the values of an array. The
   * tolerance is relative to values above 1; integers, infinities and NaN must be the same.
   */
  void assertClose(String key, NdArray actual, double tolerance) {
    NdArray expected = numbers(key);
    String what = this + ": " + key;
    assertArrayEquals(expected.shape(), actual.shape(), () -> what + ": shape");
    double allowed = isInteger(key) ? 0 : tolerance;
    for (int i = 0; i < expected.values().length; i++) {
      double e = expected.values()[i];
      double a = actual.values()[i];
      // Written so that a NaN that should not be fails.
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
