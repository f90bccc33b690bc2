package io.github.vqvae4j.tensor.internal;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Loads the native libraries that every computation requires: JavaCPP's, OpenBLAS's and ND4J's. */
final class Natives {
  static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

  private static final List<Artifact> ARTIFACTS =
      List.of(
          new Artifact(
              "org.bytedeco:javacpp",
              "org/bytedeco/javacpp/Loader.class",
              "org/bytedeco/javacpp/%s/",
              "jnijavacpp"),
          new Artifact(
              "org.bytedeco:openblas",
              "org/bytedeco/openblas/global/openblas_nolapack.class",
              "org/bytedeco/openblas/%s/",
              "jniopenblas_nolapack"),
          new Artifact(
              "org.nd4j:nd4j-native",
              "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class",
              "org/nd4j/linalg/cpu/nativecpu/bindings/%s/",
              "jnind4jcpu"));

  /**
   * An artifact of which one jar contains classes, and another the natives of each platform.
   *
   * @param name its group and name
   * @param classFile a class
   * @param folder the folder of a platform's natives
   * @param library one of the natives
   */
  record Artifact(String name, String classFile, String folder, String library) {
    boolean hasClasses() {
      return isThere(classFile);
    }

    boolean hasNatives(String platform) {
      String file =
          platform.startsWith("windows")
              ? library + ".dll"
              : "lib" + library + (platform.startsWith("macosx") ? ".dylib" : ".so");
      return isThere(folder.formatted(platform) + file);
    }

    private static boolean isThere(String resource) {
      return Natives.class.getClassLoader().getResource(resource) != null;
    }
  }

  private static boolean loaded;

  /** The cause of a failed load; the JVM reports it only once. */
  private static LinkageError failure;

  private Natives() {}

  /**
   * Loads the libraries the first time it is called.
   *
   * @throws IllegalStateException if the class path mixes versions, or has no natives for this
   *     platform, or they cannot be loaded; the message states the cause and the solution
   */
  static synchronized void load() {
    if (loaded) {
      return;
    }
    NativeVersions.check();
    if (failure == null) {
      try {
        Loader.load(Pointer.class);
        Pointer.physicalBytes(); // Loader does not report every failure.
        Nd4j.getBackend();
        loaded = true;
        return;
      } catch (LinkageError e) {
        failure = e;
      }
    }
    String platform = Loader.getPlatform();
    List<Artifact> missing = ARTIFACTS.stream().filter(a -> !a.hasNatives(platform)).toList();
    if (!missing.isEmpty()) {
      shorten(failure);
    }
    throw new IllegalStateException(problem(platform, missing, failure), failure);
  }

  /** Reduces stack traces to the first element: the message already states the cause. */
  private static void shorten(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      StackTraceElement[] trace = cause.getStackTrace();
      cause.setStackTrace(Arrays.copyOf(trace, Math.min(1, trace.length)));
    }
  }

  /** Returns a description of the problem and its solution. */
  static String problem(String platform, List<Artifact> missing, Throwable failure) {
    if (!PLATFORMS.contains(platform)) {
      return "vqvae4j does not run on "
          + platform
          + ": ND4J has native libraries for "
          + String.join(", ", PLATFORMS)
          + " only.";
    }
    if (!missing.isEmpty()) {
      return "The class path has "
          + found(platform, missing)
          + ". Build with -Djavacpp.platform="
          + platform
          + ", remove exclusions of these artifacts, or add the dependency"
          + " io.github.vqvae4j:vqvae4j-platform (type pom), which contains the natives of all"
          + " platforms. Missing"
          + altogether(missing)
          + " with the classifier "
          + platform
          + ": "
          + names(missing)
          + ".";
    }
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ClassNotFoundException
        || cause instanceof Nd4jBackend.NoAvailableBackendException) {
      return "A part of ND4J is missing from the class path ("
          + cause
          + "): do not exclude dependencies of vqvae4j, and merge service files in a fat jar.";
    }
    return "The native libraries for this platform, "
        + platform
        + ", are on the class path but could not be loaded ("
        + cause
        + "). On Linux they need glibc (Alpine Linux uses musl). JavaCPP needs a cache directory"
        + " that it can write to, with 600 MB of free space: ~/.javacpp/cache, or -Dorg.bytedeco.javacpp.cachedir=DIRECTORY.";
  }

  /** Returns which natives there are, if some or all of this platform are missing. */
  private static String found(String platform, List<Artifact> missing) {
    if (missing.size() < ARTIFACTS.size()) {
      return "only some of the native libraries for this platform, " + platform;
    }
    String others =
        PLATFORMS.stream()
            .filter(other -> ARTIFACTS.stream().anyMatch(a -> a.hasNatives(other)))
            .collect(joining(", "));
    return "no native libraries for this platform, "
        + platform
        + (others.isEmpty()
            ? ", or any other"
            : ", but those for " + others + "; Maven adds those of the platform it runs on");
  }

  /** Names the artifacts whose classes are missing, too. */
  private static String altogether(List<Artifact> missing) {
    List<Artifact> artifacts = missing.stream().filter(a -> !a.hasClasses()).toList();
    return artifacts.isEmpty() ? "" : ": " + names(artifacts) + ";";
  }

  private static String names(List<Artifact> artifacts) {
    return artifacts.stream().map(Artifact::name).collect(joining(", "));
  }
}
