package io.github.vqvae4j.model;

/** Arithmetic with numbers of images and of what they are made of, which may exceed an array. */
final class Lengths {
  /** What every JVM's arrays hold. */
  static final int MOST = Integer.MAX_VALUE - 8;

  private Lengths() {}

  /**
   * count * each, the length of an array.
   *
   * @param who needs it, for the message
   * @param things of which there are {@code count}
   * @param parts of which each has {@code each}
   * @param remedy what to do if they are too many
   * @throws IllegalArgumentException if an array cannot hold so many
   */
  static int of(String who, long count, String things, long each, String parts, String remedy) {
    if (count > 0 && each > MOST / count) {
      throw new IllegalArgumentException(
          who
              + ": got "
              + count
              + " "
              + things
              + " of "
              + each
              + " "
              + parts
              + " each, expected at most "
              + MOST
              + " in all, which an array holds; "
              + remedy
              + ".");
    }
    return (int) (count * each);
  }

  /** As the other, for images of a data set. */
  static int ofImages(String who, long count, long each, String parts) {
    return of(who, count, "images", each, parts, "take fewer at a time, with range(from, to)");
  }

  /** One past the last of a part that begins at {@code from}; the last part may be smaller. */
  static int end(int from, int part, int size) {
    return from + Math.min(part, size - from);
  }

  /** How many parts there are. */
  static int parts(int size, int part) {
    return size / part + (size % part == 0 ? 0 : 1);
  }
}
