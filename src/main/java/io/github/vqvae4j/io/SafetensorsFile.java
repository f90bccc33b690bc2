package io.github.vqvae4j.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The contents of a safetensors file. Both maps are unmodifiable copies that keep the order of
 * their entries.
 *
 * @param metadata strings by name, in the order of the file; empty if there are none
 * @param arrays arrays by name, in the order of the header
 */
public record SafetensorsFile(Map<String, String> metadata, Map<String, NamedArray> arrays) {
  /**
   * Creates the contents of a file.
   *
   * @param metadata strings by name; the map is copied
   * @param arrays arrays by name; the map is copied, the arrays are not
   */
  public SafetensorsFile {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
  }
}
