package io.github.vqvae4j.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the compared configurations: a library with its settings.
 *
 * @param name the name in the tables
 * @param backends the backends to run; the best result counts
 * @param environment the environment variables of its processes
 */
public record Configuration(String name, List<Backend> backends, Map<String, String> environment) {
  /** The environment variable with additional options of the JVM. */
  public static final String JVM_OPTIONS = "JDK_JAVA_OPTIONS";

  private static final List<Backend> LIBTORCH_LAYOUTS =
      List.of(Backend.LIBTORCH, Backend.LIBTORCH_CHANNELS_LAST);

  /** This library with default settings. */
  public static final Configuration VQVAE4J =
      new Configuration("vqvae4j", List.of(Backend.OURS), Map.of());

  /** libtorch with default settings. */
  public static final Configuration LIBTORCH =
      new Configuration("libtorch", LIBTORCH_LAYOUTS, Map.of());

  /** libtorch with a short active wait of OpenBLAS's threads after each matrix product. */
  public static final Configuration LIBTORCH_TUNED =
      new Configuration("libtorch-tuned", LIBTORCH_LAYOUTS, Map.of("OPENBLAS_THREAD_TIMEOUT", "4"));

  /** This library without oneDNN, on ND4J's kernels. */
  public static final Configuration VQVAE4J_ND4J =
      new Configuration("vqvae4j-nd4j", List.of(Backend.OURS_ON_ND4J), Map.of());

  /** The model's convolutions alone. */
  public static final Configuration CONVOLUTIONS =
      new Configuration("convolutions", List.of(Backend.CONVOLUTIONS), Map.of());

  /**
   * Returns this configuration limited to one thread.
   *
   * @return a configuration of the same name
   */
  public Configuration oneThread() {
    Map<String, String> limited = new HashMap<>(environment);
    limited.put("OMP_NUM_THREADS", "1");
    limited.merge(JVM_OPTIONS, "-Dvqvae4j.threads=1", (options, option) -> options + " " + option);
    return new Configuration(name, backends, limited);
  }
}
