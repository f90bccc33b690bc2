package io.github.vqvae4j.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a safetensors file holds. Both maps are unmodifiable copies, in their order.
 *
 * @param metadata free text by name, in the file's order; empty if the file has none
 * @param arrays the arrays by name, in the order of the file's header
 */
public record SafetensorsFile(Map<String, String> metadata, Map<String, NamedArray> arrays) {
  /**
   * A file's content.
   *
   * @param metadata free text by name, copied
   * @param arrays the arrays by name; the map is copied, not the arrays
   */
  public SafetensorsFile {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }
}
