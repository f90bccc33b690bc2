package io.github.vqvae4j.benchmarks.libtorch;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;

/**
 * Extracts all of libtorch's natives before any of them is loaded. By default, JavaCPP loads each
 * library as soon as it is extracted. If another libtorch is installed on the system, the linker
 * then takes the libraries that are not yet extracted from there, and the process crashes.
 */
final class Natives {
  private Natives() {}

  /** Extracts the natives unless they are cached. */
  static void extract() {
    try {
      File[] extracted =
          Loader.getCacheDir().listFiles((folder, name) -> name.startsWith("pytorch-"));
      if (extracted == null || extracted.length == 0) {
        Loader.cacheResources("/org/bytedeco/pytorch/" + Loader.getPlatform());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
