package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import java.util.List;
import java.util.stream.Stream;

/** Descriptions of the examples of a source, for messages and settings. */
final class Examples {
  private Examples() {}

  /** Describes examples of a shape. */
  static String describe(List<Integer> shape) {
    return shape.isEmpty() ? "examples" : "examples " + shape;
  }

  /** Returns the size of a batch in bytes, for messages; 0 if it is unknown. */
  static long bytes(Source<?> data, int batch) {
    List<Integer> shape = data.exampleShape();
    return shape.isEmpty()
        ? 0
        : shape.stream().mapToLong(Integer::longValue).reduce(4L * batch, (a, b) -> a * b);
  }

  /** Returns the number of pixels of an example, or of values if it is not an image. */
  static long pixels(List<Integer> shape) {
    List<Integer> axes = shape.size() == 3 ? shape.subList(0, 2) : shape; // without channels
    return axes.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /** Returns the number of examples followed by their shape; empty if there is no data. */
  static List<Integer> shape(Source<?> data) {
    return data == null
        ? List.of()
        : Stream.concat(Stream.of(data.size()), data.exampleShape().stream()).toList();
  }
}
