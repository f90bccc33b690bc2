package io.github.vqvae4j.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Corrupts files as disks, networks, editors and attackers may do. The result depends only on seed
 * and index.
 */
public final class Mutator {
  private static final int MAX_CHANGES = 4;

  /**
   * The length of the header, where most formats store sizes; half of the changes are made there.
   */
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
   * Returns a corrupted file.
   *
   * @param intact one or more files of a format
   * @param seed the seed of a run
   * @param kind the name of the format, so that formats are corrupted differently
   * @param index the index of the file in the run
   * @return one of the files, change in 1 to 4 ways
   */
  public static byte[] corrupt(List<byte[]> intact, long seed, String kind, long index) {
    // The first values of generators with similar seeds are similar.
    long mixed = new SplittableRandom(seed + 31L * kind.hashCode()).nextLong() + index;
    SplittableRandom random = new SplittableRandom(new SplittableRandom(mixed).nextLong());
    return new Mutator(intact, random).corrupt();
  }

  private byte[] corrupt() {
    byte[] bytes = any().clone();
    for (int left = 1 + random.nextInt(MAX_CHANGES); left > 0; left--) {
      bytes = bytes.length == 0 ? insert(bytes) : change(bytes);
    }
    return bytes;
  }

  private byte[] any() {
    return intact.get(random.nextInt(intact.size()));
  }

  private byte[] change(byte[] bytes) {
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

  /** Returns a position in a file, in half of the cases near its start. */
  private int at(byte[] bytes) {
    return random.nextInt(random.nextBoolean() ? bytes.length : Math.min(HEAD, bytes.length));
  }

  /** Returns a length of at most {@code max} bytes, mostly short. */
  private int length(int max) {
    int limit = random.nextInt(4) == 0 ? max : Math.min(max, 1 << random.nextInt(7));
    return 1 + random.nextInt(Math.max(1, limit));
  }

  private void overwriteInteger(byte[] bytes) {
    long value = INTEGERS[random.nextInt(INTEGERS.length)];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    buffer.order(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    int size = 2 << random.nextInt(3);
    if (bytes.length >= size) {
      int at = Math.min(at(bytes), bytes.length - size);
      // Most fields start at even offsets.
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

  /** Repeats a block, directly after itself or somewhere else. */
  private byte[] repeat(byte[] bytes) {
    int start = at(bytes);
    byte[] block =
        Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + length(bytes.length)));
    int at = random.nextBoolean() ? start : random.nextInt(bytes.length + 1);
    return join(bytes, at, block, bytes, at);
  }

  private byte[] remove(byte[] bytes) {
    int start = at(bytes);
    return join(
        bytes, start, new byte[0], bytes, Math.min(bytes.length, start + length(bytes.length)));
  }

  /** Joins the start of this file and the end of another file of the format. */
  private byte[] splice(byte[] bytes) {
    byte[] other = any();
    int at = at(bytes);
    int start = random.nextBoolean() ? Math.min(at, other.length) : random.nextInt(other.length);
    return join(bytes, at, new byte[0], other, start);
  }

  /** Replaces the first number after a random position. */
  private byte[] replaceNumber(byte[] bytes) {
    int start = at(bytes);
    while (start < bytes.length && !isDigit(bytes[start])) {
      start++;
    }
    int end = start;
    while (end < bytes.length && isDigit(bytes[end])) {
      end++;
    }
    byte[] number = NUMBERS.get(random.nextInt(NUMBERS.size())).getBytes(StandardCharsets.US_ASCII);
    return join(bytes, start, number, bytes, end);
  }

  private static boolean isDigit(byte value) {
    return value >= '0' && value <= '9';
  }

  private static byte[] join(byte[] first, int end, byte[] middle, byte[] last, int start) {
    ByteBuffer joined = ByteBuffer.allocate(end + middle.length + last.length - start);
    return joined.put(first, 0, end).put(middle).put(last, start, last.length - start).array();
  }
}
