package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.Optional;

/**
 * The machine and software of a run.
 *
 * @param library the version of vqvae4j
 * @param threads the maximum number of kernel threads: OMP_NUM_THREADS, or the number of processors
 * @param processors the number of processors available to Java
 * @param javaVersion the Java version, such as 17.0.15
 * @param operatingSystem the operating system and CPU architecture
 */
record Machine(
    String library, int threads, int processors, String javaVersion, String operatingSystem) {
  static Machine here() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Machine(
        Optional.ofNullable(VqVae.class.getPackage().getImplementationVersion())
            .orElse("(unpacked)"),
        threads(System.getenv("OMP_NUM_THREADS"), processors),
        processors,
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  private static int threads(String setting, int processors) {
    try {
      return setting == null ? processors : Integer.parseInt(setting.strip());
    } catch (NumberFormatException e) {
      return processors;
    }
  }
}
