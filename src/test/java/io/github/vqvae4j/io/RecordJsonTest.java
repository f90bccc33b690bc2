package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertSays;
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
  void aRecordReadsBackFromText() {
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
  void aRecordReadsBackWithoutText() {
    assertEquals(CONFIG, RecordJson.fromJson(RecordJson.toJson(CONFIG), Config.class));
  }

  @Test
  void listsCannotBeChanged() {
    Config read = RecordJson.fromJson(RecordJson.toJson(CONFIG), Config.class);
    assertThrows(UnsupportedOperationException.class, () -> read.sizes().add(1));
  }

  @Test
  void everyNumberReadsBackExactly() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      float f = Float.intBitsToFloat(random.nextInt());
      double d = Double.longBitsToDouble(random.nextLong());
      if (Float.isFinite(f)) {
        assertEquals(new Float1(f), again(new Float1(f), Float1.class), "seed " + seed);
      }
      if (Double.isFinite(d)) {
        assertEquals(new Double1(d), again(new Double1(d), Double1.class), "seed " + seed);
      }
    }
    for (long l : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 0}) {
      assertEquals(new Long1(l), again(new Long1(l), Long1.class));
    }
    for (float f : new float[] {Float.MIN_VALUE, -Float.MAX_VALUE, -0f}) {
      assertEquals(new Float1(f), again(new Float1(f), Float1.class));
    }
  }

  @Test
  void aFloatIsRoundedOnce() {
    // Just above halfway between two floats; by way of double it would be rounded to the even one.
    String text = "{\"f\":1.00000005960464477540}";
    assertEquals(new Float1(Math.nextUp(1f)), RecordJson.fromJson(parse(text), Float1.class));
  }

  @Test
  void wholeNumbersMayFillFractionalFields() {
    assertEquals(new Double1(2), RecordJson.fromJson(parse("{\"d\":2}"), Double1.class));
    assertEquals(new Double1(0), RecordJson.fromJson(parse("{\"d\":0.0e-999}"), Double1.class));
  }

  @Test
  void anUnknownNameIsRefused() {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.getAsJsonArray("layers").get(1).getAsJsonObject().addProperty("widht", 3);
    refused(json, Config.class, "layers[1].widht: unknown name", "[name, width]", "remove it");
  }

  @Test
  void aMissingNameIsRefused() {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.getAsJsonObject("first").remove("width");
    refused(json, Config.class, "first.width: missing", "expected a value of type int", "add it");
  }

  @Test
  void wrongTypesAreRefused() {
    refused("{\"i\":\"3\"}", Number.class, "i: got \"3\"", "expected a value of type int");
    refused("{\"i\":null}", Number.class, "i: got null", "correct the value");
    refused("{\"i\":true}", Number.class, "got true");
    refused("{\"i\":[1]}", Number.class, "got [1]");
    changed("on", new JsonPrimitive(1), "on: got 1", "expected a value of type boolean");
    changed("on", new JsonPrimitive("true"), "on: got \"true\"");
    changed("title", new JsonPrimitive(1), "title: got 1", "String");
    changed("first", new JsonPrimitive(1), "first: got 1", "an object (Layer)");
    changed("layers", new JsonPrimitive(1), "layers: got 1", "an array (java.util.List<");
    changed("layers", parse("{}"), "layers: got {}");
    changed("sizes", JsonParser.parseString("[1,2.5]"), "sizes[1]: got 2.5", "not a whole number");
    changed("table", JsonParser.parseString("[[1,\"x\"]]"), "table[0][1]: got \"x\"");
    changed("mode", new JsonPrimitive("EWA"), "mode: got \"EWA\"", "[EMA, GRADIENT]");
    changed("mode", new JsonPrimitive(0), "mode: got 0", "[EMA, GRADIENT]");
    changed("title", JsonParser.parseString("[" + "1,".repeat(500) + "1]"), "1,1...", "String");
  }

  @Test
  void numbersThatDoNotFitAreRefused() {
    refused("{\"i\":1.5}", Number.class, "i: got 1.5", "not a whole number", "an int");
    refused("{\"i\":1.0}", Number.class, "not a whole number");
    refused("{\"i\":1e3}", Number.class, "not a whole number");
    refused("{\"i\":2147483648}", Number.class, "out of range", "-2147483648 to 2147483647");
    refused("{\"i\":-2147483649}", Number.class, "out of range");
    refused("{\"l\":9223372036854775808}", Long1.class, "out of range", "9223372036854775807");
    refused("{\"l\":" + "9".repeat(1000) + "}", Long1.class, "999...", "out of range");
    refused("{\"l\":1e999999999}", Long1.class, "not a whole number");
    refused("{\"f\":1e39}", Float1.class, "f: got 1e39", "out of range", "3.4028235e38");
    refused("{\"f\":1e-50}", Float1.class, "out of range");
    refused("{\"d\":1e999}", Double1.class, "out of range", "1.7976931348623157e308");
    refused("{\"d\":-1e999}", Double1.class, "out of range");
    JsonObject json = new JsonObject();
    json.addProperty("d", Double.NaN);
    refused(json, Double1.class, "d: got NaN", "not a JSON number");
  }

  @Test
  void theRecordsOwnExceptionComesThroughAsItIs() {
    JsonObject json = parse("{\"name\":\"a\",\"width\":0}");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> RecordJson.fromJson(json, Layer.class));
    assertSame(Layer.LAST, e);
  }

  @Test
  void whatJsonCannotHoldIsNotWritten() {
    notWritten(new Float1(Float.NaN), "f: got NaN", "expected a finite number");
    notWritten(new Double1(Double.POSITIVE_INFINITY), "d: got Infinity");
    notWritten(new Layer(null, 1), "name: got null", "String", "give it a value");
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
    notWritten(withNull, "sizes[1]: got null");
    notWritten(new Unsupported(Map.of()), "map: got", "java.util.Map", "change the record");
    notWritten(new Raw(new int[0]), "numbers: got", "int[]");
    refused("{\"map\":{}}", Unsupported.class, "map: got", "java.util.Map", "change the record");
    refused("{\"numbers\":[]}", Raw.class, "numbers: got", "int[]", "a List of these");
  }

  private static void changed(String name, JsonElement value, String... parts) {
    JsonObject json = RecordJson.toJson(CONFIG);
    json.add(name, value);
    refused(json, Config.class, parts);
  }

  private static void notWritten(Record value, String... parts) {
    assertSays(assertThrows(IllegalArgumentException.class, () -> RecordJson.toJson(value)), parts);
  }

  private static <R extends Record> void refused(String json, Class<R> type, String... parts) {
    refused(parse(json), type, parts);
  }

  private static <R extends Record> void refused(JsonObject json, Class<R> type, String... parts) {
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> RecordJson.fromJson(json, type)), parts);
  }

  private static <R extends Record> R again(R value, Class<R> type) {
    return RecordJson.fromJson(parse(RecordJson.toJson(value).toString()), type);
  }

  private static JsonObject parse(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }
}
