package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A custom operation with derivative 0 passes surrogate gradients, and its values are exact. */
class BinaryCommandTest {
  @Test
  void latentsAreBinaryAndTheEncoderLearns(@TempDir Path folder) throws Exception {
    Run run =
        Run.of("binary", "--steps=500", "--hidden=128", "--dimension=48", "--output=" + folder);
    run.succeeded();
    Run.assertTrainingFiles(folder);
    Matcher code =
        Pattern.compile("\\(48 bits\\): [01]{48}$", Pattern.MULTILINE).matcher(run.out());
    assertTrue(code.find(), run::out);
    Matcher codes =
        Pattern.compile("(\\d+) held-out digits have (\\d+) distinct codes").matcher(run.out());
    assertTrue(codes.find(), run::out);
    assertEquals(1_000, Integer.parseInt(codes.group(1)));
    assertTrue(Integer.parseInt(codes.group(2)) > 900, run::out);
    double error =
        JsonParser.parseString(Files.readString(folder.resolve("metrics.json")))
            .getAsJsonObject()
            .get("testNormalizedMse")
            .getAsDouble();
    assertTrue(error < 0.44, () -> "without gradients for the encoder 0.49, here " + error);
  }
}
