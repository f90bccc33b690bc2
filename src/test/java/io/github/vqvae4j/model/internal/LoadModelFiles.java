package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the model files of a folder, as the models that the prefixes of their names state, and
 * prints the result of each.
 */
public final class LoadModelFiles {
  /** CPU time is measured, since the machine may be busy. */
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private LoadModelFiles() {}

  public static void main(String[] folder) throws IOException {
    List<Path> files;
    try (var found = Files.list(Path.of(folder[0]))) {
      files = found.sorted().toList();
    }
    for (Path file : files) {
      long start = THREADS.getCurrentThreadCpuTime();
      String result;
      try {
        load(file);
        result = "LOADED";
      } catch (BadFileException e) {
        result = "REJECTED " + e.problem();
      } catch (Throwable e) {
        result = "FAILED " + e;
      }
      long milliseconds = (THREADS.getCurrentThreadCpuTime() - start) / 1_000_000;
      System.out.printf("%d %s %s%n", milliseconds, file.getFileName(), result);
    }
  }

  static void load(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.startsWith("vq-vae-2")) {
      VqVae2.load(file).close();
    } else if (name.startsWith("vae")) {
      Vae.load(file).close();
    } else if (name.startsWith("autoencoder")) {
      Autoencoder.load(file).close();
    } else {
      VqVae.load(file).close();
    }
  }
}
