package io.github.vqvae4j.io;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * One array's line in a safetensors header.
 *
 * @param name the array's name
 * @param type the element type
 * @param shape the length of each dimension
 * @param begin where its bytes begin, counted from the end of the header
 * @param end where they end
 */
record SafetensorsEntry(String name, NamedArray.Type type, long[] shape, long begin, long end) {

  /** The place of this array in a message. */
  String place() {
    return place(name);
  }

  static String place(String name) {
    return "array \"" + MessageText.shown(name) + "\"";
  }

  /** The number of values, for an entry whose offsets have been checked against its shape. */
  int length() {
    return Math.toIntExact((end - begin) / type.bytes());
  }

  /**
   * Puts arrays into the data section, the wide types first: so every array begins at a multiple of
   * its element size, which other readers need to map it into memory.
   */
  static List<SafetensorsEntry> layOut(Map<String, NamedArray> arrays) {
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
