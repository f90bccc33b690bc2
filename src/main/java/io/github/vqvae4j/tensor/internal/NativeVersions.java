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
 * Rejects class paths that would crash later, before any native code is loaded: JavaCPP's presets
 * in different versions, or a second oneDNN inside ND4J.
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
   * @throws IllegalStateException if versions are mixed; the message states a remedy
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

  /** Returns all versions of a preset; its classes and its natives are separate jars. */
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

  /** A file in ND4J's natives of a classifier, and in no others. */
  static String resourceOf(String classifier) {
    return "META-INF/native-image/" + classifier + "/jnind4jcpu/reflect-config.json";
  }

  /**
   * Returns a description of the problem, or null.
   *
   * @param found each {@code group:artifact:version}
   * @param nd4jClassifier the classifier of ND4J's natives if they contain oneDNN, or null
   */
  static String problem(Set<String> found, String nd4jClassifier) {
    if (nd4jClassifier != null) {
      return "vqvae4j includes its own oneDNN, and org.nd4j:nd4j-native with the classifier "
          + nd4jClassifier
          + " contains another; two in one process crash. Use the classifier "
          + Loader.getPlatform()
          + " of nd4j-native instead.";
    }
    long javacpps =
        found.stream()
            .map(a -> a.substring(Math.max(a.lastIndexOf('-'), a.lastIndexOf(':')) + 1))
            .distinct()
            .count();
    return javacpps < 2
        ? null
        : "Versions of JavaCPP are mixed on the class path (the last number of each is its JavaCPP): "
            + String.join(", ", found)
            + ". Maven took an older one from ND4J. Import io.github.vqvae4j:vqvae4j-bom (type pom,"
            + " scope import) in your dependencyManagement, and declare ND4J's and JavaCPP's"
            + " artifacts without versions; or do not declare them: vqvae4j includes them.";
  }
}
