package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.ChildJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Images that need too much memory are rejected with sizes in the message, without side effects, by
 * operations that do not work in tiles. By default, only two of the limits are checked for all
 * operations, and ND4J's kernels are left out; see CONTRIBUTING.md.
 */
class LargeImageTest {
  private static final boolean IS_LONG = Boolean.getBoolean("vqvae4j.large");
  private static final List<String> OPERATIONS =
      List.of(
          "Autoencoder.encode",
          "Autoencoder.decode",
          "Autoencoder.reconstruct",
          "Vae.reconstruct",
          "AnomalyDetector.scores",
          "Evaluation.of",
          "Trainer.fit");

  /** The operations for limits that are expensive to check. */
  private static final List<String> SOME =
      IS_LONG ? OPERATIONS : List.of("Autoencoder.decode", "Trainer.fit");

  private static final String OUT_OF_MEMORY =
      "io.github.vqvae4j.memory.InsufficientMemoryException: Not enough memory ";

  /** Operations whose message does not state the memory of a whole pass. */
  private static final List<String> ONE_PASS =
      List.of("Trainer.fit", "Evaluation.of", "Vae.reconstruct");

  private static final String IMAGE = "one image of %d x %d pixels";
  private static final String LATENTS = "one map of %d x %d latents";

  private static final String[] SMALLER = {
    "Use smaller images or crops, smaller batches", "this machine has"
  };

  @Test
  void javaCppLimit() throws Exception {
    check(
        new ChildJvm().with("-Xmx512m", "-Dorg.bytedeco.javacpp.maxBytes=100m"),
        2048,
        OPERATIONS,
        "outside the Java heap: a tensor [1, 1024, 1024, 32] in FLOAT",
        "needs a block of 128.0 MB in addition to",
        "JavaCPP's limit is 100.0 MB (maxBytes; defaults to -Xmx)",
        "raise the limit, for example with -Dorg.bytedeco.javacpp.maxBytes=");
  }

  static List<String> kernels() {
    return IS_LONG ? List.of("onednn", "nd4j") : List.of("onednn");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void limitReachedDuringStep(String kernels) throws Exception {
    check(
        new ChildJvm()
            .with("-Xmx512m", "-Dorg.bytedeco.javacpp.maxBytes=150m")
            .with("-Dvqvae4j.kernels=" + kernels),
        1024,
        SOME,
        "outside the Java heap: ",
        " MB in addition to the ",
        "JavaCPP's limit is 150.0 MB");
  }

  @Test
  void processLimit() throws Exception {
    check(
        new ChildJvm()
            .with("-Xmx256m", "-Dorg.bytedeco.javacpp.maxBytes=0")
            .with("-Dorg.bytedeco.javacpp.maxPhysicalBytes=1100m"),
        4096,
        SOME,
        "outside the Java heap: a tensor [1, 2048, 2048, 64] in FLOAT",
        "needs a block of 1.0 GB in addition to",
        "the process uses",
        "and its limit is 1.1 GB (maxPhysicalBytes;",
        "raise the limit, for example with -Dorg.bytedeco.javacpp.maxPhysicalBytes=");
  }

  @Test
  void heapLimit() throws Exception {
    check(
        new ChildJvm()
            .with("-Xmx80m", "-XX:+UseSerialGC", "-Dorg.bytedeco.javacpp.maxBytes=0")
            .with("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"),
        4096,
        OPERATIONS,
        "on the Java heap: ",
        " needs 64.0 MB ",
        " in addition to the ",
        " (-Xmx)",
        "or raise the limit, for example with -Xmx",
        "Java heap space");
  }

  /** The limit in a message is sufficient. */
  @Test
  void suggestedLimitIsSufficient() throws Exception {
    String heap = "-Xmx512m";
    List<String> names = IS_LONG ? OPERATIONS.subList(0, 3) : List.of("Autoencoder.reconstruct");
    ChildJvm.Result rejected =
        run(new ChildJvm().with(heap, "-Dorg.bytedeco.javacpp.maxBytes=100m"), 1024, names);
    for (String name : names) {
      String line = rejected.linesWith(name + "\t").get(0);
      Matcher setting = Pattern.compile("-Dorg.bytedeco.javacpp.maxBytes=\\d+m").matcher(line);
      assertTrue(setting.find(), line);
      ChildJvm.Result done = run(new ChildJvm().with(heap, setting.group()), 1024, List.of(name));
      assertTrue(done.linesWith(name + "\t").get(0).endsWith("\tdone"), done::toString);
    }
  }

  private static ChildJvm.Result run(ChildJvm jvm, int side, List<String> operations)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("" + side));
    arguments.addAll(operations);
    return jvm.run(LargeImageProgram.class, arguments.toArray(String[]::new));
  }

  private static void check(ChildJvm jvm, int side, List<String> operations, String... parts)
      throws Exception {
    ChildJvm.Result result = run(jvm, side, operations);
    assertEquals(0, result.exit(), result::toString);
    List<String> lines = result.linesWith("\t");
    assertEquals(
        operations, lines.stream().map(line -> line.split("\t")[0]).toList(), result::toString);
    for (String line : lines) {
      String[] words = line.split("\t");
      assertTrue(Long.parseLong(words[1]) <= 0, () -> "bytes kept outside the heap: " + line);
      assertEquals("true", words[2], () -> "another result than before: " + line);
      assertTrue(words[3].startsWith(OUT_OF_MEMORY), line);
      for (String part : SMALLER) {
        assertTrue(words[3].contains(part), line);
      }
      boolean latents = words[0].equals("Autoencoder.decode");
      boolean heap = words[3].contains("on the Java heap");
      assertEquals(
          !heap, words[3].contains("fewer workers in training (Trainer.workers(1))"), line);
      if (!heap && !ONE_PASS.contains(words[0])) {
        String size = latents ? LATENTS.formatted(side / 2, side / 2) : IMAGE.formatted(side, side);
        String pass = "The tensors and workspaces of a forward pass of the ";
        assertTrue(words[3].contains(pass), line);
        assertTrue(words[3].contains(" on " + size + " take about "), line);
      }
      // The first tensors differ; suggestedLimitIsSufficient checks this advice.
      for (String part : latents ? new String[0] : parts) {
        assertTrue(words[3].contains(part), () -> "expected \"" + part + "\" in " + line);
      }
    }
  }
}
