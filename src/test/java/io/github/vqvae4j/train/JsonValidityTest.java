package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.StrictJson;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** JSON files are valid for strict parsers, with any numbers and texts. */
class JsonValidityTest {
  /** A strict parser that also rejects duplicate keys. */
  private static final ObjectMapper JACKSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private static final List<Double> DOUBLES =
      List.of(
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          -0.0,
          Double.MIN_VALUE,
          -Double.MAX_VALUE,
          1e-45,
          0.1,
          1e22,
          1e300);
  private static final List<Float> FLOATS =
      List.of(Float.NaN, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE, Float.MAX_VALUE, 0.1f);
  private static final List<Long> LONGS =
      List.of(Long.MIN_VALUE, Long.MAX_VALUE, (1L << 53) + 1, 0L);
  private static final List<String> TEXTS =
      List.of(
          "",
          "\u0000\u0001\b\t\n\f\r\u001f\u007f",
          "\"\\/</script>&'=",
          "\u2028\u2029\ufeff\uffff",
          "größe 日本 \ud83d\ude00");

  private record Metrics(
      List<Double> doubles, List<Float> floats, List<Long> longs, List<String> texts) {}

  @TempDir private Path folder;

  private static JsonNode parsed(String text) throws IOException {
    StrictJson.parse(text);
    return JACKSON.readTree(text);
  }

  private static JsonNode parsed(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return parsed(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
  }

  @Test
  void jacksonParserIsStrict() {
    for (String text : List.of("{\"a\":NaN}", "{\"a\":1,\"a\":1}", "{}{}", "{\"a\":\"\n\"}", "")) {
      assertThrows(Exception.class, () -> parsed(text), text);
    }
  }

  @Test
  void metricsOfAllTypesAreValidJson() throws IOException {
    Metrics metrics = new Metrics(DOUBLES, FLOATS, LONGS, TEXTS);
    JsonNode json = parsed(RunJson.text(RecordJson.metrics(metrics)));
    for (int i = 0; i < DOUBLES.size(); i++) {
      JsonNode number = json.get("doubles").get(i);
      assertEquals(!Double.isFinite(DOUBLES.get(i)), number.isNull());
      assertTrue(number.isNull() || DOUBLES.get(i).equals(number.asDouble()), number.toString());
    }
    for (int i = 0; i < FLOATS.size(); i++) {
      JsonNode number = json.get("floats").get(i);
      assertEquals(!Float.isFinite(FLOATS.get(i)), number.isNull());
      assertTrue(number.isNull() || FLOATS.get(i).equals(Float.valueOf(number.asText())));
    }
    for (int i = 0; i < LONGS.size(); i++) {
      assertEquals(LONGS.get(i), json.get("longs").get(i).asLong());
    }
    for (int i = 0; i < TEXTS.size(); i++) {
      assertEquals(TEXTS.get(i), json.get("texts").get(i).asText());
    }
  }

  @Test
  void recordFilesRoundTrip() throws IOException {
    Metrics metrics =
        new Metrics(
            DOUBLES.stream().filter(Double::isFinite).toList(),
            FLOATS.stream().filter(Float::isFinite).toList(),
            LONGS,
            TEXTS);
    Path file = folder.resolve("metrics.json");
    RecordFile.write(file, metrics);
    parsed(file);
    assertEquals(metrics, RecordFile.read(file, Metrics.class, "this"));
    new ChannelScale(List.of(-0.0, 1e300), List.of(Double.MIN_VALUE, Double.MAX_VALUE)).save(file);
    parsed(file);
  }

  /** Returns a report in which all metrics have the given value. */
  static TrainingReport report(String term, double value, long step) {
    List<Metric> metrics = List.of(new Metric(term + " of this", value));
    LossReport loss = new LossReport("", List.of(new TermReport(term, value, value)), metrics);
    List<ObjectiveReport> objectives = List.of(new ObjectiveReport(step, loss, value, value));
    StepReport last = new StepReport(step, 3, objectives, List.of(), List.of(), value);
    Evaluation evaluation = new Evaluation(step, List.of(loss), metrics, List.of());
    return new TrainingReport(
        last,
        StopReason.MAX_STEPS,
        List.of(evaluation),
        Optional.of(evaluation),
        3,
        0,
        0,
        value,
        value,
        value);
  }

  @Test
  void runFilesAreValidJson() throws IOException {
    for (double value : DOUBLES) {
      for (String name : TEXTS) {
        TrainingReport report = report(name, value, Long.MAX_VALUE);
        JsonNode metrics = parsed(RunJson.text(RunJson.metrics(report)));
        assertTrue(metrics.has("train/" + name));
        assertEquals(Long.MAX_VALUE, metrics.get("step").asLong());
      }
    }
    try (VqVae model = Shapes.model(1, 3)) {
      Path run = folder.resolve("run");
      Trainer.of(model)
          .batch(8)
          .steps(2)
          .seed(Long.MIN_VALUE)
          .listener(RunFolder.in(run))
          .fit(Shapes.rectangles(20, 8, 1, 1));
      JsonNode config = parsed(run.resolve("config.json"));
      assertEquals(1, parsed(run.resolve("metrics.json")).get("version").asInt());
      assertEquals(1, config.get("version").asInt());
      JsonNode training = config.get("training");
      assertEquals(Long.MIN_VALUE, training.get("seed").asLong());
    }
  }

  @Test
  void unpairedSurrogatesAreReplaced() throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("name \ud800", "value \udc00");
    byte[] bytes = RunJson.text(json).getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "value ?", parsed(new String(bytes, StandardCharsets.UTF_8)).get("name ?").asText());
  }

  @Test
  void safetensorsHeadersAreValidJson() throws IOException {
    for (String text : TEXTS) {
      Path file = folder.resolve("a.safetensors");
      Safetensors.write(
          file, Map.of(text, text), Map.of(text + "w", NamedArray.of(new float[1], 1)));
      byte[] bytes = Files.readAllBytes(file);
      int length = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt();
      String header = new String(Arrays.copyOfRange(bytes, 8, 8 + length), StandardCharsets.UTF_8);
      assertEquals(text, parsed(header).get("__metadata__").get(text).asText());
    }
  }
}
