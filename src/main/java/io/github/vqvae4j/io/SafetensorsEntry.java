package io.github.vqvae4j.io;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The description of an array in a safetensors header.
 *
 * @param name the array's name
 * @param type the element type
 * @param shape the length of each dimension
 * @param begin the offset of its first byte, relative to the end of the header
 * @param end the offset after its last byte
 */
record SafetensorsEntry(String name, NamedArray.Type type, long[] shape, long begin, long end) {

  /** Returns the name of this array for messages. */
  String location() {
    return location(name);
  }

  static String location(String name) {
    return "array \"" + MessageText.excerpt(name) + "\"";
  }

  /** Returns the number of values. The offsets must have been checked against the shape. */
  int length() {
    return Math.toIntExact((end - begin) / type.bytes());
  }

  /**
   * Assigns offsets to arrays, with wide types first. All arrays then start at a multiple of their
   * element size, as needed for memory mapping.
   */
  static List<SafetensorsEntry> layout(Map<String, NamedArray> arrays) {
    List<String> names =
        arrays.keySet().stream()
            .sorted(Comparator.comparing(name -> -arrays.get(name).type().bytes()))
            .toList();
    SafetensorsEntry[] entries = new SafetensorsEntry[names.size()];
    long begin = 0;
    for (int i = 0; i < entries.length; i++) {
      NamedArray array = arrays.get(names.get(i));
      long end = begin + (long) array.length() * array.type().bytes();
      entries[i] = new SafetensorsEntry(names.get(i), array.type(), array.shape(), begin, end);
      begin = end;
    }
    return Arrays.asList(entries);
  }
}
