package io.github.vqvae4j.benchmarks.libtorch;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;

/**
 * Extracts libtorch's natives all at once, the first time. JavaCPP itself loads each as soon as it
 * is extracted, and where the system has a libtorch of its own, the linker then takes those that
 * are still missing from there, and the process crashes.
 */
final class Natives {
  private Natives() {}

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
