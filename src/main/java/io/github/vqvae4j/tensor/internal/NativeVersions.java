package io.github.vqvae4j.tensor.internal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;

/**
 * Refuses, before anything native is loaded, a class path that would crash later: JavaCPP's presets
 * in different versions, or a second oneDNN inside ND4J.
 */
final class NativeVersions {
  private static final List<String> PRESETS = List.of("javacpp", "openblas", "opencl", "dnnl");
  private static final List<String> ONEDNN_CLASSIFIERS =
      List.of("-onednn", "-onednn-avx2", "-onednn-avx512");

  private NativeVersions() {}

  /**
   * Checks the class path.
   *
   * @throws IllegalStateException that says what was found and what to change
   */
  static void check() {
    Map<String, String> versions = new LinkedHashMap<>();
    for (String preset : PRESETS) {
      try {
        versions.put(preset, Loader.getVersion("org.bytedeco", preset));
      } catch (IOException e) {
        throw new IllegalStateException("Could not read the version of org.bytedeco:" + preset, e);
      }
    }
    String problem = problem(versions, nd4jClassifier());
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
  }

  private static String nd4jClassifier() {
    ClassLoader loader = NativeVersions.class.getClassLoader();
    for (String extension : ONEDNN_CLASSIFIERS) {
      String classifier = Loader.getPlatform() + extension;
      if (loader.getResource(
              "META-INF/native-image/" + classifier + "/jnind4jcpu/reflect-config.json")
          != null) {
        return classifier;
      }
    }
    return null;
  }

  /** What is wrong with these versions (null where a preset is absent) and this classifier. */
  static String problem(Map<String, String> versions, String nd4jClassifier) {
    if (nd4jClassifier != null) {
      return "vqvae4j brings its own oneDNN, and org.nd4j:nd4j-native with the classifier "
          + nd4jClassifier
          + " brings another; two in one process crash. Use the classifier "
          + Loader.getPlatform()
          + " of nd4j-native instead.";
    }
    String javacpp = versions.get("javacpp");
    for (Map.Entry<String, String> preset : versions.entrySet()) {
      String version = preset.getValue();
      if (version != null && !version.endsWith(javacpp)) {
        return "Versions of JavaCPP are mixed: org.bytedeco:javacpp is "
            + javacpp
            + " but org.bytedeco:"
            + preset.getKey()
            + " is "
            + version
            + " (the part after the dash is its JavaCPP). Maven took an older one from ND4J: list"
            + " io.github.vqvae4j:vqvae4j before org.nd4j:nd4j-native among your dependencies, or"
            + " declare org.bytedeco:javacpp and org.bytedeco:openblas yourself in the versions of"
            + " vqvae4j's README.";
      }
    }
    return null;
  }
}
