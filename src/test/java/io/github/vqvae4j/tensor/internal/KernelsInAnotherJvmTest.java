package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.tensor.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels used and logged for different class paths and system properties. */
class KernelsInAnotherJvmTest {
  private static final List<String> RESULT =
      List.of("result 51.0, gradient 7.0", "result 51.0, gradient 7.0");

  private static ChildJvm withoutOneDnnNatives() {
    String end = "-" + Loader.getPlatform() + ".jar";
    return new ChildJvm().withoutFiles(name -> name.startsWith("dnnl-") && name.endsWith(end));
  }

  @Test
  void logsOneDnn() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(KernelProgram.class);
    assertRan(result, "Kernels: oneDNN ");
  }

  @Test
  void usesNd4jWithoutNativesAndLogsHowToAddThem() throws Exception {
    ChildJvm.Result result = withoutOneDnnNatives().run(KernelProgram.class);
    assertRan(
        result,
        "Kernels: ND4J (",
        "natives are missing",
        "org.bytedeco:dnnl",
        "classifier",
        Loader.getPlatform());
  }

  @Test
  void saysWithoutAnSlf4jProviderOnlyThatNativesAreMissing() throws Exception {
    Predicate<String> provider = name -> name.startsWith("logback-");
    ChildJvm.Result missing =
        withoutOneDnnNatives().withoutFiles(provider).run(KernelProgram.class);
    assertRan(missing, "WARN Kernels: ND4J (oneDNN's natives are missing", "org.bytedeco:dnnl");
    ChildJvm.Result there = new ChildJvm().withoutFiles(provider).run(KernelProgram.class);
    assertEquals(RESULT, there.linesWith("result "), there::toString);
    assertEquals(List.of(), there.linesWith("Kernels: "), there::toString);
  }

  @Test
  void usesNd4jIfRequested() throws Exception {
    ChildJvm.Result result = new ChildJvm().with("-Dvqvae4j.kernels=nd4j").run(KernelProgram.class);
    assertRan(result, "Kernels: ND4J (", "selected by vqvae4j.kernels=nd4j");
  }

  @Test
  void rejectsOneDnnWithoutNatives() throws Exception {
    ChildJvm.Result result =
        withoutOneDnnNatives().with("-Dvqvae4j.kernels=onednn").run(KernelProgram.class);
    assertRejected(
        result,
        "IllegalStateException",
        "vqvae4j.kernels=onednn",
        "org.bytedeco:dnnl",
        Loader.getPlatform());
  }

  @Test
  void rejectsInvalidSettingsOnEveryCall() throws Exception {
    ChildJvm.Result result =
        new ChildJvm().with("-Dvqvae4j.kernels=bogus").run(KernelProgram.class);
    assertRejected(
        result, "IllegalArgumentException", "vqvae4j.kernels", "auto, onednn or nd4j", "\"bogus\"");
  }

  private static ChildJvm withoutNatives(String... artifacts) {
    String end = "-" + Loader.getPlatform() + ".jar";
    return new ChildJvm()
        .withoutFiles(
            name ->
                name.endsWith(end) && Stream.of(artifacts).anyMatch(a -> name.startsWith(a + "-")));
  }

  private static void assertNativesAreMissing(ChildJvm jvm, String found, String missing)
      throws Exception {
    String platform = Loader.getPlatform();
    ChildJvm.Result result = jvm.run(KernelProgram.class);
    assertRejected(
        result,
        "IllegalStateException: The class path has " + found.formatted(platform) + ". Build with",
        "-Djavacpp.platform=" + platform,
        "io.github.vqvae4j:vqvae4j-platform",
        "platforms. Missing" + missing.formatted(platform));
    for (String line : result.linesWith("lines of the stack trace: ")) {
      int lines = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
      assertTrue(lines > 1 && lines <= 20, line);
    }
  }

  @Test
  void rejectsAClassPathWithSomeNatives() throws Exception {
    for (String name :
        List.of("org.nd4j:nd4j-native", "org.bytedeco:javacpp", "org.bytedeco:openblas")) {
      assertNativesAreMissing(
          withoutNatives(name.substring(name.indexOf(':') + 1)),
          "only some of the native libraries for this platform, %s",
          " with the classifier %s: " + name + ".");
    }
    assertNativesAreMissing(
        new ChildJvm().withoutFiles(name -> name.matches("nd4j-native-[0-9].*")),
        "only some of the native libraries for this platform, %s",
        ": org.nd4j:nd4j-native; with the classifier %s: org.nd4j:nd4j-native.");
  }

  /** As built on another computer, or without the profiles of the pom. */
  @Test
  void rejectsNativesOfAnotherPlatform(@TempDir Path folder) throws Exception {
    String[] all = {"nd4j-native", "javacpp", "openblas"};
    String missing =
        " with the classifier %s: org.bytedeco:javacpp, org.bytedeco:openblas,"
            + " org.nd4j:nd4j-native.";
    assertNativesAreMissing(
        withoutNatives(all), "no native libraries for this platform, %s, or any other", missing);
    boolean isWindows = Loader.getPlatform().startsWith("windows");
    String other = isWindows ? "macosx-arm64" : "windows-x86_64";
    Path natives = Files.createDirectories(folder.resolve("org/bytedeco/javacpp").resolve(other));
    Files.createFile(natives.resolve(isWindows ? "libjnijavacpp.dylib" : "jnijavacpp.dll"));
    assertNativesAreMissing(
        withoutNatives(all).classes(folder),
        "no native libraries for this platform, %s, but those for "
            + other
            + "; Maven adds those of the platform it runs on",
        missing);
  }

  @Test
  void rejectsAClassPathWithoutAPartOfNd4j() throws Exception {
    for (String artifact : List.of("nd4j-native", "nd4j-native-api", "nd4j-native-preset")) {
      ChildJvm.Result result =
          new ChildJvm()
              .withoutFiles(name -> name.matches(artifact + "-[0-9][^-]*-[^-]*\\.jar"))
              .run(KernelProgram.class);
      assertRejected(
          result,
          "IllegalStateException",
          "A part of ND4J is missing from the class path (",
          "do not exclude dependencies of vqvae4j");
    }
  }

  @Test
  void rejectsAPlatformThatNd4jDoesNotKnow() throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Dorg.bytedeco.javacpp.platform=linux-riscv64")
            .run(KernelProgram.class);
    assertRejected(
        result, "IllegalStateException", "does not run on linux-riscv64", "windows-x86_64 only");
  }

  @Test
  void saysWhyNativesThatAreThereCouldNotBeLoaded(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Dorg.bytedeco.javacpp.cachedir=" + file.resolve("cache"))
            .with("-Duser.home=" + file, "-Djava.io.tmpdir=" + file)
            .run(KernelProgram.class);
    assertRejected(
        result,
        "IllegalStateException",
        "are on the class path but could not be loaded (java.io.IOException: Could not create the cache",
        "-Dorg.bytedeco.javacpp.cachedir=");
  }

  private static void assertRan(ChildJvm.Result result, String... parts) {
    assertEquals(0, result.exit(), result::toString);
    assertEquals(RESULT, result.linesWith("result "), result::toString);
    List<String> logged = result.linesWith("Kernels: ");
    assertEquals(1, logged.size(), result::toString);
    assertContains(logged.get(0), parts);
  }

  private static void assertRejected(ChildJvm.Result result, String... parts) {
    assertEquals(0, result.exit(), result::toString);
    assertEquals(List.of(), result.linesWith("Kernels: "), result::toString);
    List<String> rejections = result.linesWith("rejected ");
    assertEquals(2, rejections.size(), result::toString);
    for (String rejection : rejections) {
      assertContains(rejection, parts);
    }
  }

  private static void assertContains(String line, String... parts) {
    for (String part : parts) {
      assertTrue(line.contains(part), () -> "\"" + part + "\" is not in: " + line);
    }
  }
}
