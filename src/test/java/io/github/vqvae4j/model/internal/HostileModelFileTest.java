package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Small files whose settings require large arrays are rejected immediately, before anything is
 * built.
 */
class HostileModelFileTest {
  private static final String CONFIG = "vqvae4j.config";
  private static final Path CASES = Path.of("src/test/resources/cases");
  private static final Pattern INTEGER = Pattern.compile("(?<=[:\\[,])[0-9]+(?=[,}\\]])");

  @TempDir private Path folder;

  @Test
  void dimensionsOfZeroAreRejected() {
    assertMessageContains(
        assertThrows(
            BadFileException.class,
            () -> VqVae.load(CASES.resolve("evil_hidden10000_zero_dims.safetensors"))),
        "the settings require encoder.down.0.weight of F32[4, 4, 1, 5000]",
        "F32[0, 4, 1, 5000]");
  }

  @Test
  void messagesQuoteMetadataInOneShortLine() throws IOException {
    String text = "\n\u001b[31m" + "9".repeat(1_000_000);
    String part = "{\"encoder\":{\"kind\":\"" + "9".repeat(200_000) + "\",\"settings\":{}}}";
    String name = "{\"" + "9".repeat(200_000) + "\":1}";
    List<Map<String, String>> contents =
        List.of(
            Map.of("vqvae4j.format", text),
            Map.of("vqvae4j.format", text, "vqvae4j.model", "vq-vae"),
            Map.of("vqvae4j.format", "4", "vqvae4j.model", text),
            Map.of("vqvae4j.format", "4", "vqvae4j.model", "vq-vae", CONFIG, text),
            Map.of("vqvae4j.format", "4", "vqvae4j.model", "vq-vae", CONFIG, name),
            Map.of("vqvae4j.format", "4", "vqvae4j.model", "vq-vae", CONFIG, part));
    Path file = folder.resolve("long");
    for (Map<String, String> metadata : contents) {
      Safetensors.write(file, metadata, Map.of());
      String message = assertThrows(BadFileException.class, () -> VqVae.load(file)).getMessage();
      assertTrue(message.length() < 800, message.length() + ": " + message.substring(0, 100));
      assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }
    Safetensors.write(file, Map.of(), Map.of(text, NamedArray.of(new float[1], 1)));
    try (VqVae model = (VqVae) SampleModels.byName().get("vq-vae-conv")) {
      Path mixed = folder.resolve("mixed");
      model.save(mixed);
      Safetensors.write(mixed, Safetensors.read(mixed).metadata(), Safetensors.read(file).arrays());
      String message =
          assertThrows(BadFileException.class, () -> VqVae.load(mixed, model)).getMessage();
      assertTrue(message.length() < 800, message.length() + ": " + message.substring(0, 100));
    }
  }

  /**
   * Each integer of each model's settings is made large, with the original and with empty arrays.
   */
  @Test
  void oversizedIntegersAreHarmless() throws Exception {
    Files.copy(CASES.resolve("evil_hidden10000_zero_dims.safetensors"), folder.resolve("evil"));
    int files = 1;
    for (Map.Entry<String, ImageModel> entry : SampleModels.byName().entrySet()) {
      try (ImageModel model = entry.getValue()) {
        Path intact = folder.resolve("intact");
        model.save(intact);
        SafetensorsFile content = Safetensors.read(intact);
        Files.delete(intact);
        for (String config : manipulated(content.metadata().get(CONFIG))) {
          for (boolean empty : new boolean[] {false, true}) {
            Path file = folder.resolve(entry.getKey() + "-" + files++);
            write(file, content, config, empty);
          }
        }
      }
    }
    assertTrue(files > 300, "only " + files);
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx64m", "-Dorg.bytedeco.javacpp.maxBytes=64m")
            .run(LoadModelFiles.class, folder.toString());
    assertEquals(0, result.exit(), result.toString());
    List<String> bad = new ArrayList<>();
    int rejected = 0;
    for (String line : result.lines()) {
      if (line.matches("[0-9]+ .*")) {
        rejected += line.contains(" REJECTED ") ? 1 : 0;
        if (line.contains(" FAILED ") || line.matches("[0-9]{4,} .* REJECTED .*")) {
          bad.add(line);
        }
      }
    }
    assertEquals(List.of(), bad);
    assertTrue(rejected > 0.8 * files, rejected + " rejected of " + files);
  }

  private static List<String> manipulated(String config) {
    List<String> configs = new ArrayList<>();
    Matcher number = INTEGER.matcher(config);
    while (number.find()) {
      for (String large : List.of("1000000000", "65536", "0")) {
        configs.add(config.substring(0, number.start()) + large + config.substring(number.end()));
      }
    }
    configs.add(INTEGER.matcher(config).replaceAll("1000000000"));
    return configs;
  }

  private static void write(Path file, SafetensorsFile content, String config, boolean empty)
      throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
    metadata.put(CONFIG, config);
    Map<String, NamedArray> arrays = new LinkedHashMap<>(content.arrays());
    if (empty) {
      arrays.replaceAll(
          (name, array) -> {
            long[] shape = array.shape();
            shape[0] = 0;
            return NamedArray.of(new float[0], shape);
          });
    }
    Safetensors.write(file, metadata, arrays);
  }
}
