package io.github.vqvae4j.tensor.internal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Loads the native libraries that every computation requires: JavaCPP's, OpenBLAS's and ND4J's. */
final class Natives {
  static final List<String> PLATFORMS =
      List.of("linux-x86_64", "linux-arm64", "macosx-x86_64", "macosx-arm64", "windows-x86_64");

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
    throw new IllegalStateException(problem(platform, missing(platform), failure), failure);
  }

  /** Returns the artifacts whose natives for a platform are not on the class path. */
  private static List<String> missing(String platform) {
    Map<String, String> libraries = new TreeMap<>();
    libraries.put(
        "org.nd4j:nd4j-native",
        "org/nd4j/linalg/cpu/nativecpu/bindings/%s/" + System.mapLibraryName("jnind4jcpu"));
    libraries.put(
        "org.bytedeco:javacpp", "org/bytedeco/javacpp/%s/" + System.mapLibraryName("jnijavacpp"));
    libraries.put(
        "org.bytedeco:openblas",
        "org/bytedeco/openblas/%s/" + System.mapLibraryName("jniopenblas_nolapack"));
    ClassLoader loader = Natives.class.getClassLoader();
    return libraries.keySet().stream()
        .filter(a -> loader.getResource(libraries.get(a).formatted(platform)) == null)
        .toList();
  }

  /** Returns a description of the problem and its solution. */
  static String problem(String platform, List<String> missing, Throwable failure) {
    if (!PLATFORMS.contains(platform)) {
      return "vqvae4j does not run on "
          + platform
          + ": ND4J has native libraries for "
          + String.join(", ", PLATFORMS)
          + " only.";
    }
    if (!missing.isEmpty()) {
      return "The class path has no native libraries for this platform, "
          + platform
          + ". Missing with the classifier "
          + platform
          + ": "
          + String.join(", ", missing)
          + ". Maven adds them for the platform it runs on, or for -Djavacpp.platform."
          + " Build with -Djavacpp.platform="
          + platform
          + ", remove exclusions of these artifacts, or add the dependency"
          + " io.github.vqvae4j:vqvae4j-platform (type pom), which contains the natives of all"
          + " platforms.";
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
}
