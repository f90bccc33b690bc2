package io.github.vqvae4j.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Copies safetensors files with other metadata. */
public final class ChangedMetadata {
  private ChangedMetadata() {}

  /** Writes a copy of a file in which one value of the metadata is another one. */
  public static void write(Path source, String name, String value, Path target) throws IOException {
    SafetensorsFile content = Safetensors.read(source);
    Map<String, String> metadata = new HashMap<>(content.metadata());
    metadata.put(name, value);
    Safetensors.write(target, metadata, content.arrays());
  }
}
