package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
  enum Mode {
    EMA,
    GRADIENT {
      @Override
      public String toString() {
        return "by gradient";
      }
    }
  }

  record Layer(String name, int width) {
    static final RuntimeException LAST = new IllegalArgumentException("width must be positive");

    Layer {
      if (width <= 0) {
        throw LAST;
      }
    }
  }

  record Config(
      boolean on,
      int count,
      long seed,
      float rate,
      double decay,
      String title,
      Mode mode,
      Layer first,
      List<Layer> layers,
      List<Integer> sizes,
      List<List<Float>> table,
      List<Mode> modes) {}

  record Number(int i) {}

  record Long1(long l) {}

  record Float1(float f) {}

  record Double1(double d) {}

  record Unsupported(Map<String, String> map) {}

  record Raw(int[] numbers) {}

  record Tree(List<Tree> branches) {}

  record Grove(Config config, List<List<Raw>> rows) {}

  private static final Config CONFIG =
      new Config(
          true,
          -3,
          Long.MAX_VALUE,
          3e-4f,
          0.99,
          "a \"title\"",
          Mode.GRADIENT,
          new Layer("in", 1),
          List.of(new Layer("a", 2), new Layer("b", 3)),
          List.of(1, 2),
          List.of(List.of(0.1f), List.of()),
          List.of(Mode.EMA));

  @Test
  void recordsAreReadBackFromText() {
    String text = RecordJson.toJson(CONFIG).toString();
    assertEquals(CONFIG, RecordJson.fromJson(parse(text), Config.class));
    assertEquals(
        "{\"on\":true,\"count\":-3,\"seed\":9223372036854775807,\"rate\":3.0E-4,\"decay\":0.99,"
            + "\"title\":\"a \\\"title\\\"\",\"mode\":\"GRADIENT\","
            + "\"first\":{\"name\":\"in\",\"width\":1},"
            + "\"layers\":[{\"name\":\"a\",\"width\":2},{\"name\":\"b\",\"width\":3}],"
            + "\"sizes\":[1,2],\"table\":[[0.1],[]],\"modes\":[\"EMA\"]}",
        text);
  }

  @Test
  void recordsAreReadBackFromJsonObjects() {
    assertEquals(CONFIG, RecordJson.fromJson(RecordJson.toJson(CONFIG), Config.class));
  }

  @Test
  void listsAreImmutable() {
    Config read = RecordJson.fromJson(RecordJson.toJson(CONFIG), Config.class);
    assertThrows(UnsupportedOperationException.class, () -> read.sizes().add(1));
  }

  @Test
  void numbersAreReadBackExactly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      float f = Float.intBitsToFloat(random.nextInt());
      double d = Double.longBitsToDouble(random.nextLong());
      if (Float.isFinite(f)) {
        assertEquals(new Float1(f), roundTrip(new Float1(f), Float1.class), "seed " + seed);
      }
      if (Double.isFinite(d)) {
        assertEquals(new Double1(d), roundTrip(new Double1(d), Double1.class), "seed " + seed);
      }
    }
    for (long l : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 0}) {
      assertEquals(new Long1(l), roundTrip(new Long1(l), Long1.class));
    }
    for (float f : new float[] {Float.MIN_VALUE, -Float.MAX_VALUE, -0f}) {
      assertEquals(new Float1(f), roundTrip(new Float1(f), Float1.class));
    }
  }

  @Test
  void floatsAreRoundedOnce() {
    // Just above the midpoint of two floats. Rounding to double first would round it down to even.
    String text = "{\"f\":1.00000005960464477540}";
    assertEquals(new Float1(Math.nextUp(1f)), RecordJson.fromJson(parse(text), Float1.class));
  }

  @Test
  void integersAreAllowedForFloatingPointFields() {
    assertEquals(new Double1(2), RecordJson.fromJson(parse("{\"d\":2}"), Double1.class));
    assertEquals(new Double1(0), RecordJson.fromJson(parse("{\"d\":0.0e-999}"), Double1.class));
  }

  @Test
  void unknownNamesAreRejected() {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.getAsJsonArray("layers").get(1).getAsJsonObject().addProperty("widht", 3);
    assertRejected(
        json, Config.class, "layers[1].widht: unknown name", "[name, width]", "remove it");
  }

  @Test
  void missingNamesAreRejected() {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.getAsJsonObject("first").remove("width");
    assertRejected(
        json, Config.class, "first.width: missing", "expected a value of type int", "add it");
  }

  @Test
  void wrongTypesAreRejected() {
    assertRejected(
        "{\"i\":\"3\"}", Number.class, "i: expected", "got \"3\"", "expected a value of type int");
    assertRejected("{\"i\":null}", Number.class, "i: expected", "got null", "correct the value");
    assertRejected("{\"i\":true}", Number.class, "got true");
    assertRejected("{\"i\":[1]}", Number.class, "got [1]");
    assertChangeRejected(
        "on", new JsonPrimitive(1), "on: expected", "got 1", "expected a value of type boolean");
    assertChangeRejected("on", new JsonPrimitive("true"), "on: expected", "got \"true\"");
    assertChangeRejected("title", new JsonPrimitive(1), "title: expected", "got 1", "String");
    assertChangeRejected(
        "first", new JsonPrimitive(1), "first: expected", "got 1", "an object (Layer)");
    assertChangeRejected(
        "layers", new JsonPrimitive(1), "layers: expected", "got 1", "an array (java.util.List<");
    assertChangeRejected("layers", parse("{}"), "layers: expected", "got {}");
    assertChangeRejected(
        "sizes",
        JsonParser.parseString("[1,2.5]"),
        "sizes[1]: expected",
        "got 2.5",
        "not an integer");
    assertChangeRejected(
        "table", JsonParser.parseString("[[1,\"x\"]]"), "table[0][1]: expected", "got \"x\"");
    assertChangeRejected(
        "mode", new JsonPrimitive("EWA"), "mode: expected", "got \"EWA\"", "[EMA, GRADIENT]");
    assertChangeRejected(
        "mode", new JsonPrimitive(0), "mode: expected", "got 0", "[EMA, GRADIENT]");
    assertChangeRejected(
        "title", JsonParser.parseString("[" + "1,".repeat(500) + "1]"), "1,1...", "String");
  }

  @Test
  void numbersOutOfRangeAreRejected() {
    assertRejected(
        "{\"i\":1.5}", Number.class, "i: expected", "got 1.5", "not an integer", "an int");
    assertRejected("{\"i\":1.0}", Number.class, "not an integer");
    assertRejected("{\"i\":1e3}", Number.class, "not an integer");
    assertRejected("{\"i\":2147483648}", Number.class, "out of range", "-2147483648 to 2147483647");
    assertRejected("{\"i\":-2147483649}", Number.class, "out of range");
    assertRejected(
        "{\"l\":9223372036854775808}", Long1.class, "out of range", "9223372036854775807");
    assertRejected("{\"l\":" + "9".repeat(1000) + "}", Long1.class, "999...", "out of range");
    assertRejected("{\"l\":1e999999999}", Long1.class, "not an integer");
    assertRejected(
        "{\"f\":1e39}", Float1.class, "f: expected", "got 1e39", "out of range", "3.4028235e38");
    assertRejected("{\"f\":1e-50}", Float1.class, "out of range");
    assertRejected("{\"d\":1e999}", Double1.class, "out of range", "1.7976931348623157e308");
    assertRejected("{\"d\":-1e999}", Double1.class, "out of range");
    JsonObject json = new JsonObject();
    json.addProperty("d", Double.NaN);
    assertRejected(json, Double1.class, "d: expected", "got NaN", "not a JSON number");
  }

  @Test
  void exceptionsOfTheConstructorAreNotWrapped() {
    JsonObject json = parse("{\"name\":\"a\",\"width\":0}");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RecordJson.fromJson(json, Layer.class));
    assertSame(Layer.LAST, e);
  }

  @Test
  void valuesWithoutJsonRepresentationAreRejected() {
    assertNotWritable(new Float1(Float.NaN), "f: expected", "got NaN", "expected a finite value");
    assertNotWritable(new Double1(Double.POSITIVE_INFINITY), "d: expected", "got Infinity");
    assertNotWritable(new Layer(null, 1), "name: expected", "got null", "String", "set a value");
    Config withNull =
        new Config(
            true,
            1,
            1,
            1,
            1,
            "",
            Mode.EMA,
            new Layer("a", 1),
            List.of(),
            Arrays.asList(1, null),
            List.of(),
            List.of());
    assertNotWritable(withNull, "sizes[1]: expected", "got null");
    assertNotWritable(
        new Unsupported(Map.of()), "map: expected", "got", "java.util.Map", "change the record");
    assertNotWritable(new Raw(new int[0]), "numbers: expected", "got", "int[]");
    assertRejected(
        "{\"map\":{}}",
        Unsupported.class,
        "map: expected",
        "got",
        "java.util.Map",
        "change the record");
    assertRejected(
        "{\"numbers\":[]}", Raw.class, "numbers: expected", "got", "int[]", "a List of these");
  }

  @Test
  void typesThatAreNotWritableAreNamed() {
    RecordJson.checkType(Config.class);
    assertTypeRejected(
        Unsupported.class, "map: expected", "got java.util.Map", "change the record");
    assertTypeRejected(Raw.class, "numbers: expected", "got int[]");
    assertTypeRejected(Grove.class, "rows[][].numbers: expected", "got int[]");
    assertTypeRejected(Tree.class, "branches[]: expected", Tree.class.getName());
  }

  private static void assertTypeRejected(Class<? extends Record> type, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> RecordJson.checkType(type)), parts);
  }

  private static void assertChangeRejected(String name, JsonElement value, String... parts) {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.add(name, value);
    assertRejected(json, Config.class, parts);
  }

  private static void assertNotWritable(Record value, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> RecordJson.toJson(value)), parts);
  }

  private static <R extends Record> void assertRejected(
      String json, Class<R> type, String... parts) {
    assertRejected(parse(json), type, parts);
  }

  private static <R extends Record> void assertRejected(
      JsonObject json, Class<R> type, String... parts) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> RecordJson.fromJson(json, type)), parts);
  }

  private static <R extends Record> R roundTrip(R value, Class<R> type) {
    return RecordJson.fromJson(parse(RecordJson.toJson(value).toString()), type);
  }

  private static JsonObject parse(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }
}
