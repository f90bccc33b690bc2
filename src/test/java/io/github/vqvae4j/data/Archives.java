package io.github.vqvae4j.data;

import java.io.IOException;
import java.nio.file.Path;

/** Unpacks archives for tests of other packages. */
public final class Archives {
  private Archives() {}

  /** At most 10 entries and 100,000 bytes. */
  public static void unpack(Path archive, Path folder) throws IOException {
    TarGz.unpack(archive, folder, 10, 100_000);
  }
}
