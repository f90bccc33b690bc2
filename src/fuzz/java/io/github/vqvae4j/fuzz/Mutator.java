package io.github.vqvae4j.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages files as disks, networks, editors and attackers do; seed and index alone decide how. */
public final class Mutator {
  private static final int MOST_AT_ONCE = 4;

  /** Where most formats keep their sizes; half of all damage goes there. */
  private static final int HEAD = 200;

  private static final byte[] BYTES = {0, -1, 127, -128, 1};

  private static final long[] INTEGERS = {
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    1 << 20,
    1 << 24,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-1",
          "2147483647",
          "2147483648",
          "4294967296",
          "99999999999999999999",
          "1e9",
          "1e999",
          "0.5",
          "NaN",
          "-0",
          "00",
          "1e-999");

  private static final String TEXT = "0123456789{}[],:;\"'-+.eE \t\r\n\\";

  private final List<byte[]> intact;
  private final SplittableRandom random;

  private Mutator(List<byte[]> intact, SplittableRandom random) {
    this.intact = intact;
    this.random = random;
  }

  /**
   * A damaged file.
   *
   * @param intact files of one kind, 1 or more
   * @param seed of a whole run
   * @param kind its name, so that kinds get damage of their own
   * @param index of the file within the run
   * @return one of the files, changed in 1 to 4 ways
   */
  public static byte[] damaged(List<byte[]> intact, long seed, String kind, long index) {
    // A generator's first numbers depend little on small differences of its seed.
    long mixed = new SplittableRandom(seed + 31L * kind.hashCode()).nextLong() + index;
    SplittableRandom random = new SplittableRandom(new SplittableRandom(mixed).nextLong());
    return new Mutator(intact, random).damaged();
  }

  private byte[] damaged() {
    byte[] bytes = any().clone();
    for (int left = 1 + random.nextInt(MOST_AT_ONCE); left > 0; left--) {
      bytes = bytes.length == 0 ? insert(bytes) : changed(bytes);
    }
    return bytes;
  }

  private byte[] any() {
    return intact.get(random.nextInt(intact.size()));
  }

  private byte[] changed(byte[] bytes) {
    switch (random.nextInt(14)) {
      case 0, 1 -> bytes[at(bytes)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at(bytes)] = (byte) random.nextInt();
      case 3 -> bytes[at(bytes)] = BYTES[random.nextInt(BYTES.length)];
      case 4 -> bytes[at(bytes)] = (byte) TEXT.charAt(random.nextInt(TEXT.length()));
      case 5, 6, 7 -> overwriteInteger(bytes);
      case 8 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 9 -> {
        return insert(bytes);
      }
      case 10 -> {
        return repeat(bytes);
      }
      case 11 -> {
        return remove(bytes);
      }
      case 12 -> {
        return splice(bytes);
      }
      default -> {
        return replaceNumber(bytes);
      }
    }
    return bytes;
  }

  /** A place in a file; half of them are near its beginning. */
  private int at(byte[] bytes) {
    return random.nextInt(random.nextBoolean() ? bytes.length : Math.min(HEAD, bytes.length));
  }

  /** A length, mostly short, of at most this many bytes. */
  private int length(int most) {
    int cap = random.nextInt(4) == 0 ? most : Math.min(most, 1 << random.nextInt(7));
    return 1 + random.nextInt(Math.max(1, cap));
  }

  private void overwriteInteger(byte[] bytes) {
    long value = INTEGERS[random.nextInt(INTEGERS.length)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int size = 2 << random.nextInt(3);
    if (bytes.length >= size) {
      int at = Math.min(at(bytes), bytes.length - size);
      // Fields begin at even places, mostly.
      at -= random.nextInt(4) == 0 ? 0 : at % 2;
      switch (size) {
        case 2 -> buffer.putShort(at, (short) value);
        case 4 -> buffer.putInt(at, (int) value);
        default -> buffer.putLong(at, value);
      }
    }
  }

  private byte[] insert(byte[] bytes) {
    byte[] added = new byte[length(64)];
    byte value = BYTES[random.nextInt(BYTES.length)];
    for (int i = 0; i < added.length; i++) {
      added[i] = random.nextBoolean() ? value : (byte) random.nextInt();
    }
    int at = random.nextInt(bytes.length + 1);
    return join(bytes, at, added, bytes, at);
  }

  /** A block twice, or once more somewhere else. */
  private byte[] repeat(byte[] bytes) {
    int from = at(bytes);
    byte[] block =
        Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + length(bytes.length)));
    int at = random.nextBoolean() ? from : random.nextInt(bytes.length + 1);
    return join(bytes, at, block, bytes, at);
  }

  private byte[] remove(byte[] bytes) {
    int from = at(bytes);
    return join(
        bytes, from, new byte[0], bytes, Math.min(bytes.length, from + length(bytes.length)));
  }

  /** The beginning of this file and the end of another of its kind. */
  private byte[] splice(byte[] bytes) {
    byte[] other = any();
    int at = at(bytes);
    int from = random.nextBoolean() ? Math.min(at, other.length) : random.nextInt(other.length);
    return join(bytes, at, new byte[0], other, from);
  }

  /** The first digits after some place become another number. */
  private byte[] replaceNumber(byte[] bytes) {
    int from = at(bytes);
    while (from < bytes.length && !isDigit(bytes[from])) {
      from++;
    }
    int to = from;
    while (to < bytes.length && isDigit(bytes[to])) {
      to++;
    }
    byte[] number = NUMBERS.get(random.nextInt(NUMBERS.size())).getBytes(StandardCharsets.US_ASCII);
    return join(bytes, from, number, bytes, to);
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private static byte[] join(byte[] first, int end, byte[] middle, byte[] last, int from) {
    ByteBuffer joined = ByteBuffer.allocate(end + middle.length + last.length - from);
    return joined.put(first, 0, end).put(middle).put(last, from, last.length - from).array();
  }
}
