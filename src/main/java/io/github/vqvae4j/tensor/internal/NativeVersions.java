package io.github.vqvae4j.tensor.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.Loader;

/**
 * Rejects, before natives are loaded, a class path that would crash later: JavaCPP's presets in
 * different versions, or a second oneDNN inside ND4J.
 */
final class NativeVersions {
  private static final List<String> PRESETS = List.of("javacpp", "openblas", "opencl", "dnnl");
  private static final List<String> ONEDNN_CLASSIFIERS =
      List.of("-onednn", "-onednn-avx2", "-onednn-avx512");

  private static boolean checked;

  private NativeVersions() {}

  /**
   * Checks the class path, the first time it is called.
   *
   * @throws IllegalStateException if the class path is inconsistent
   */
  static synchronized void check() {
    if (checked) {
      return;
    }
    Set<String> found = new TreeSet<>();
    for (String preset : PRESETS) {
      for (String version : versions(preset)) {
        found.add("org.bytedeco:" + preset + ":" + version);
      }
    }
    String problem = problem(found, nd4jClassifier());
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
    checked = true;
  }

  /** Returns all versions of a preset, whose classes and natives are in separate jars. */
  private static Set<String> versions(String preset) {
    String file = "META-INF/maven/org.bytedeco/" + preset + "/pom.properties";
    Set<String> versions = new TreeSet<>();
    try {
      for (URL url : Collections.list(NativeVersions.class.getClassLoader().getResources(file))) {
        Properties properties = new Properties();
        try (InputStream in = url.openStream()) {
          properties.load(in);
        }
        versions.add(properties.getProperty("version"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file + " on the class path", e);
    }
    return versions;
  }

  /** Returns the classifier of ND4J's natives if they contain oneDNN, or null. */
  private static String nd4jClassifier() {
    ClassLoader loader = NativeVersions.class.getClassLoader();
    for (String extension : ONEDNN_CLASSIFIERS) {
      String classifier = Loader.getPlatform() + extension;
      if (loader.getResource(resourceOf(classifier)) != null) {
        return classifier;
      }
    }
    return null;
  }

  /** Returns a resource that only ND4J's natives of a classifier contain. */
  static String resourceOf(String classifier) {
    return "META-INF/native-image/" + classifier + "/jnind4jcpu/reflect-config.json";
  }

  /**
   * Returns the problem, or null.
   *
   * @param found each {@code group:artifact:version}
   * @param nd4jClassifier the classifier of ND4J's natives if they contain oneDNN, or null
   */
  static String problem(Set<String> found, String nd4jClassifier) {
    if (nd4jClassifier != null) {
      return "vqvae4j already includes oneDNN, but org.nd4j:nd4j-native with the classifier "
          + nd4jClassifier
          + " contains a second copy; loading both crashes the JVM. Use the classifier "
          + Loader.getPlatform()
          + " instead.";
    }
    long javacppVersions =
        found.stream()
            .map(a -> a.substring(Math.max(a.lastIndexOf('-'), a.lastIndexOf(':')) + 1))
            .distinct()
            .count();
    return javacppVersions < 2
        ? null
        : "The class path mixes JavaCPP versions (the last component of each version): "
            + String.join(", ", found)
            + ". Another dependency brings a different version; mvn dependency:tree"
            + " -Dincludes=org.bytedeco shows which. Import io.github.vqvae4j:vqvae4j-bom (type pom,"
            + " scope import) in your dependencyManagement, declare the artifacts that it manages"
            + " without versions, other JavaCPP artifacts, such as opencv, in their version for the"
            + " same JavaCPP, and none of ND4J's or JavaCPP's -platform artifacts.";
  }
}
