package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON has neither NaN nor infinity: such metrics are written as null. */
class RunJsonTest {
  private record Metrics(double psnr, float error, List<Double> all, int count) {}

  /** Parses strictly; Gson's default parser accepts NaN and Infinity. */
  private static JsonObject strict(String text) throws IOException {
    JsonElement json = new Gson().getAdapter(JsonElement.class).fromJson(text);
    checkNumbers(json);
    return json.getAsJsonObject();
  }

  private static void checkNumbers(JsonElement json) {
    if (json instanceof JsonPrimitive value && value.isNumber()) {
      assertTrue(value.getAsString().matches("-?[0-9]+(\\.[0-9]+)?(E-?[0-9]+)?"), value.toString());
    } else if (json.isJsonArray()) {
      json.getAsJsonArray().forEach(RunJsonTest::checkNumbers);
    } else if (json.isJsonObject()) {
      json.getAsJsonObject().entrySet().forEach(e -> checkNumbers(e.getValue()));
    }
  }

  @Test
  void nonFiniteMetricsAreNull() throws IOException {
    assertThrows(Exception.class, () -> strict("{\"kl\": Infinity}"));
    assertThrows(Exception.class, () -> strict("{\"kl\": NaN}"));
    double[] bad = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (double value : bad) {
      TrainingReport report = JsonValidityTest.report("kl", value, 3);
      JsonObject json = strict(RunJson.text(RunJson.metrics(report)));
      for (String name :
          List.of(
              "train/loss",
              "train/kl",
              "train/kl of this",
              "train/learningRate",
              "seconds",
              "secondsWaited",
              "examplesPerSecond")) {
        assertTrue(json.get(name).isJsonNull(), name);
      }
      if (Double.isNaN(value)) {
        assertFalse(json.has("train/gradientNorm"), "unknown in a custom training loop");
      } else {
        assertTrue(json.get("train/gradientNorm").isJsonNull());
      }
      assertEquals(3, json.get("step").getAsInt());
      JsonObject first = json.get("evaluations").getAsJsonArray().get(0).getAsJsonObject();
      assertTrue(first.get("validation/kl").isJsonNull());

      Metrics metrics = new Metrics(value, (float) value, List.of(1.5, value), 7);
      JsonObject own = strict(RunJson.text(RecordJson.metrics(metrics)));
      assertTrue(own.get("psnr").isJsonNull() && own.get("error").isJsonNull());
      assertEquals("[1.5,null]", own.get("all").toString());
      assertEquals(7, own.get("count").getAsInt());
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> RecordJson.toJson(metrics)),
          "psnr: expected a finite value",
          "got " + value,
          "finite");
    }
  }

  @Test
  void customMetricsMayBeInfinite(@TempDir Path folder) throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder run = RunFolder.in(folder);
      Trainer.of(model).batch(8).steps(2).listener(run).fit(Shapes.rectangles(20, 8, 1, 1));
      run.add(new Metrics(Double.POSITIVE_INFINITY, 0, List.of(), 1));
      JsonObject metrics = strict(Files.readString(folder.resolve("metrics.json")));
      assertTrue(metrics.get("psnr").isJsonNull());
      strict(Files.readString(folder.resolve("config.json")));
    }
  }

  /** Settings are read back, so a file with null values is rejected when it is written. */
  @Test
  void settingsRecordsWithNonFiniteValuesAreRejected(@TempDir Path folder) {
    Path file = folder.resolve("record.json");
    Metrics metrics = new Metrics(Double.NaN, 0, List.of(), 1);
    assertThrows(IllegalArgumentException.class, () -> RecordFile.write(file, metrics));
    assertTrue(Files.notExists(file));
  }
}
