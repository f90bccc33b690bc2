package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.Vae;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short runs of the models without a codebook write all their results. */
class LatentCommandsTest {
  @TempDir private Path folder;

  @Test
  void vae() throws IOException {
    Run run = Run.of("vae", "--steps=60", "--hidden=64", "--dimension=8", "--output=" + folder);
    run.succeeded();
    for (String text :
        List.of(
            "ELBO of held-out digits: -", "log p(x)", "of 8 latent dimensions", "samples.png")) {
      assertTrue(run.out().contains(text), () -> text + " not in " + run.out());
    }
    assertTrue(Files.readString(folder.resolve("metrics.csv")).contains("\n60,"));
    assertFalse(run.out().contains("codes"), run::out);
    Run.assertTrainingFiles(folder, "samples.png", "interpolation.png", "thickness.png");
    assertSize("samples.png", 10 * 114 - 2, 10 * 114 - 2);
    assertLabels("interpolation.png", 11 * 114 - 2, 5 * 114 - 2);
    assertLabels("thickness.png", 11 * 114 - 2, 10 * 114 - 2);
    assertSize("loss.png", 1000, 2 * 340);
    assertTrue(metrics().keySet().containsAll(Set.of("train/reconstruction", "train/kl")));
    try (Vae model = Vae.load(folder.resolve("model.safetensors"))) {
      assertEquals(List.of(8), model.config().latent());
    }
  }

  @Test
  void autoencoder() throws IOException {
    Run run =
        Run.of("autoencoder", "--steps=300", "--hidden=8", "--dimension=8", "--output=" + folder);
    run.succeeded();
    Run.assertTrainingFiles(folder, "interpolation.png", "thickness.png");
    assertSize("loss.png", 1000, 340);
    double error = metrics().get("testNormalizedMse").getAsDouble();
    assertTrue(error < 0.9, () -> "expected below 0.9 (a constant image: 1), got " + error);
    try (Autoencoder model = Autoencoder.load(folder.resolve("model.safetensors"))) {
      assertEquals(8, model.config().dimension());
    }
  }

  @Test
  void theCodesOptionIsUnknown() {
    Run.of("vae", "--codes=12").failed(2, "Unknown option '--codes=12'");
  }

  private JsonObject metrics() throws IOException {
    String text = Files.readString(folder.resolve("metrics.json"));
    return JsonParser.parseString(text).getAsJsonObject();
  }

  /** Asserts the size of a grid with one or two lines of text above its columns. */
  private void assertLabels(String name, int width, int height) throws IOException {
    BufferedImage image = ImageIO.read(folder.resolve(name).toFile());
    assertEquals(width + 14, image.getWidth(), name + ": margins of 7 pixels");
    int above = image.getHeight() - height - 14;
    assertTrue(above >= 14 && above < 60, () -> above + " pixels of text in " + name);
  }

  private void assertSize(String name, int width, int height) throws IOException {
    BufferedImage image = ImageIO.read(folder.resolve(name).toFile());
    assertEquals(width, image.getWidth(), name);
    assertEquals(height, image.getHeight(), name);
  }
}
