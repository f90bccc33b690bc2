package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.VqVae;
import java.util.Optional;

/**
 * What a run ran on.
 *
 * @param library version of vqvae4j
 * @param threads that the kernels may take: OMP_NUM_THREADS, else all processors
 * @param processors that Java sees
 * @param javaVersion as 17.0.15
 * @param operatingSystem with its processor family
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
