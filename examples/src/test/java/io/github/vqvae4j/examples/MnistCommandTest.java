package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short training run writes all its results, and other processes can use them. */
class MnistCommandTest {
  private static final int STEPS = 60;

  @TempDir static Path folder;

  private static Path output;
  private static Run run;

  @BeforeAll
  static void train() {
    output = folder.resolve("a run with spaces");
    run =
        Run.of(
            "mnist",
            "--steps=" + STEPS,
            "--hidden=16",
            "--codes=64",
            "--dimension=16",
            "--seed=7",
            "--output=" + output);
  }

  @Test
  void writesTheNamedFilesAndNothingElse() throws IOException {
    run.succeeded();
    Run.assertTrainingFiles(output);
  }

  @Test
  void printsMetricsAndTheOutputFolder() {
    for (String text :
        List.of(
            "5000 training and 1000 test images",
            "60 steps of 32 images",
            "examples/s",
            "held-out images          1000",
            "held-out normalized MSE",
            "codes in use",
            output.toString())) {
      assertTrue(run.out().contains(text), () -> text + " not in " + run.out());
    }
  }

  @Test
  void metricsHaveTheNamesThatContinuousIntegrationChecks() throws IOException {
    String script = Files.readString(Path.of("../.ci/run"));
    Matcher names = Pattern.compile("for metric in ([\\w ]+); do").matcher(script);
    assertTrue(names.find(), script);
    JsonObject metrics =
        JsonParser.parseString(Files.readString(output.resolve("metrics.json"))).getAsJsonObject();
    for (String name : names.group(1).split(" ")) {
      assertTrue(metrics.has(name), name);
    }
  }

  @Test
  void metricsHaveAllKeysAndFiniteValues() throws IOException {
    JsonObject metrics =
        JsonParser.parseString(Files.readString(output.resolve("metrics.json"))).getAsJsonObject();
    for (String key :
        List.of(
            "testMse",
            "testNormalizedMse",
            "testPsnr",
            "codesInUse",
            "codebookSize",
            "perplexity",
            "examplesPerSecond",
            "seconds",
            "step",
            "train/reconstruction",
            "train/commitment",
            "codebook/usage",
            "trainImages",
            "testImages",
            "dataVariance",
            "parameters")) {
      assertTrue(metrics.has(key), key);
      assertTrue(Double.isFinite(metrics.get(key).getAsDouble()), key);
    }
    assertEquals(STEPS, metrics.get("step").getAsInt());
    assertEquals(5000, metrics.get("trainImages").getAsInt());
    assertEquals(1000, metrics.get("testImages").getAsInt());
    assertEquals(64, metrics.get("codebookSize").getAsInt());
    assertTrue(metrics.getAsJsonObject("machine").has("javaVersion"));
  }

  @Test
  void imagesHaveTheExpectedSizes() throws IOException {
    BufferedImage sheet = ImageIO.read(output.resolve("reconstructions.png").toFile());
    int left = sheet.getWidth() - (10 * 114 - 2);
    assertTrue(left > 60 && left < 160, () -> left + " pixels for the labels of rows");
    assertEquals(8 * 114 - 2 + 3 * 14 + 2 * 7, sheet.getHeight(), "gaps between pairs, margins");
    BufferedImage chart = ImageIO.read(output.resolve("loss.png").toFile());
    assertEquals(1000, chart.getWidth());
    assertEquals(3 * 340, chart.getHeight());
  }

  @Test
  void anotherProcessReconstructsAndDecodes() throws Exception {
    Path model = output.resolve("model.safetensors");
    Path digit = folder.resolve("digit.png");
    Images.write(Images.from(BundledDigits.read().test(), 3), digit);
    Path reconstruction = folder.resolve("reconstruction.png");
    Path codes = folder.resolve("digit.codes");
    Path decoded = folder.resolve("decoded.png");

    Run reconstruct =
        Run.inNewProcess(
            "reconstruct",
            "--model=" + model,
            "--image=" + digit,
            "--output=" + reconstruction,
            "--codes=" + codes);
    reconstruct.succeeded();
    List<String> grid = reconstruct.out().lines().limit(7).toList();
    assertEquals(7, grid.get(6).strip().split(" +").length, reconstruct::out);
    Run.inNewProcess("decode", "--model=" + model, "--codes=" + codes, "--output=" + decoded)
        .succeeded();

    assertEquals(Images.read(reconstruction), Images.read(decoded));
    assertArrayEquals(Files.readAllBytes(reconstruction), Files.readAllBytes(decoded));

    Path plain = folder.resolve("codes.txt");
    Files.write(plain, grid);
    Path again = folder.resolve("again.png");
    Run.of("decode", "--model=" + model, "--codes=" + plain, "--output=" + again).succeeded();
    assertEquals(Images.read(reconstruction), Images.read(again));
  }

  @Test
  void codesOfSeveralImagesAreDecodedToAGrid() throws Exception {
    Path model = output.resolve("model.safetensors");
    Path codes = folder.resolve("seven.codes");
    Path grid = folder.resolve("grid.png");
    Path expected = folder.resolve("expected.png");
    try (VqVae vqVae = VqVae.load(model)) {
      vqVae.encode(BundledDigits.read().test().range(0, 7)).write(codes);
      Images.writeGrid(vqVae.reconstruct(BundledDigits.read().test().range(0, 7)), expected);
    }
    Run.of("decode", "--model=" + model, "--codes=" + codes, "--output=" + grid).succeeded();
    assertArrayEquals(Files.readAllBytes(expected), Files.readAllBytes(grid));
  }

  @Test
  void colorImagesAreConvertedToGray() throws Exception {
    Path model = output.resolve("model.safetensors");
    Path digit = folder.resolve("colour.png");
    Images.write(Images.from(BundledDigits.read().test(), 3).toColor(), digit);
    Path reconstruction = folder.resolve("gray.png");
    Run.of("reconstruct", "--model=" + model, "--image=" + digit, "--output=" + reconstruction)
        .succeeded();
    assertEquals(1, Images.read(reconstruction).channels());
  }
}
