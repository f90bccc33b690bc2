package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.parallel.Threads;
import java.util.Optional;

/**
 * The machine and software of a run.
 *
 * @param library the version of vqvae4j
 * @param threads the number of threads that the library computes with
 * @param processors the number of processors available to Java
 * @param javaVersion the Java version, such as 17.0.15
 * @param operatingSystem the operating system and CPU architecture
 */
record Machine(
    String library, int threads, int processors, String javaVersion, String operatingSystem) {
  static Machine here() {
    return new Machine(
        Optional.ofNullable(VqVae.class.getPackage().getImplementationVersion())
            .orElse("(unpacked)"),
        Threads.count(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }
}
