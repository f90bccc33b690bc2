package io.github.vqvae4j.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSerializer;
import io.github.vqvae4j.io.RecordJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Results of a page as JSON. */
final class JsonFile {
  /** Writes NaN and infinity as null, because JSON does not support them. */
  private static final JsonSerializer<Double> NUMBER =
      (value, type, context) -> RecordJson.metric(value);

  private static final Gson GSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .serializeNulls()
          .registerTypeAdapter(double.class, NUMBER)
          .registerTypeAdapter(Double.class, NUMBER)
          .create();

  private JsonFile() {}

  /** Writes records by name. */
  static void write(Path file, Map<String, Object> content) throws IOException {
    Files.writeString(file, GSON.toJson(content) + "\n");
  }
}
