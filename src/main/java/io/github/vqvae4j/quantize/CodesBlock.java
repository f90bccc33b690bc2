package io.github.vqvae4j.quantize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Packs the codes of some images into a block of a code file and unpacks them; see {@link
 * CodesReader} for the format.
 *
 * @param count the number of images
 * @param flags {@link #LABELS} and {@link #MISSING}
 */
record CodesBlock(int count, int flags) {
  /** Each image has a label. */
  static final int LABELS = 1;

  /** Codes are stored plus one, so that 0 is a missing code. */
  static final int MISSING = 2;

  /** Number of images and flags. */
  static final int HEADER_BYTES = Integer.BYTES + 1;

  /** An end marker: a number of images of 0, the number of all images, and a checksum. */
  static final int END_BYTES = 2 * Integer.BYTES + Long.BYTES;

  /** Returns the length of the block with header and checksum. */
  long length(CodesHeader header) {
    // One bit a code at least, so the codes of a block are bounded by its length.
    long bits = count * bitsPerImage(header.codesPerImage(), widths(header.codebooks()));
    return codesOffset() + (bits + 7) / 8 + Integer.BYTES;
  }

  /** Returns the offset of the codes in the block, after the labels. */
  long codesOffset() {
    return HEADER_BYTES + (has(LABELS) ? (long) Integer.BYTES * count : 0);
  }

  /**
   * Returns the number of bits of the codes of an image.
   *
   * @param widths the number of bits of a code of each codebook
   */
  static long bitsPerImage(int codesPerImage, int... widths) {
    long bits = 0;
    for (int width : widths) {
      bits += width;
    }
    return bits * (codesPerImage / widths.length);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Returns the number of bits of a code of each codebook. */
  int[] widths(Codebooks codebooks) {
    int added = has(MISSING) ? 1 : 0;
    return codebooks.sizes().stream()
        .mapToInt(
            size -> Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(size - 1 + added)))
        .toArray();
  }

  /** Returns the block of some images. */
  static byte[] pack(CodesHeader header, Codes codes) {
    int[] labels = codes.labels().orElse(null);
    int flags = (labels == null ? 0 : LABELS) | (codes.isComplete() ? 0 : MISSING);
    CodesBlock block = new CodesBlock(codes.count(), flags);
    long length = block.length(header);
    if (length > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "Codes.write: expected images of at most 2^31 bytes of codes, got "
              + codes
              + ". Encode smaller images.");
    }
    ByteBuffer out = CodesHeader.buffer((int) length);
    out.putInt(block.count).put((byte) flags);
    if (labels != null) {
      IntStream.of(labels).forEach(out::putInt);
    }
    int[] widths = block.widths(header.codebooks());
    int added = block.has(MISSING) ? 1 : 0;
    long bits = 0;
    int pending = 0;
    int book = 0;
    for (int value : codes.values()) {
      bits |= (long) (value + added) << pending;
      pending += widths[book];
      book = book + 1 == widths.length ? 0 : book + 1;
      for (; pending >= Byte.SIZE; pending -= Byte.SIZE) {
        out.put((byte) bits);
        bits >>>= Byte.SIZE;
      }
    }
    if (pending > 0) {
      out.put((byte) bits);
    }
    return withChecksum(out);
  }

  /**
   * Returns the codes of a block.
   *
   * @throws IllegalArgumentException if a code or label is out of range
   */
  Codes unpack(CodesHeader header, byte[] block) {
    ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_BYTES);
    int[] labels = new int[count];
    Arrays.fill(labels, Codes.MISSING);
    if (has(LABELS)) {
      Arrays.setAll(labels, i -> in.getInt());
    }
    int[] values = new int[count * header.codesPerImage()];
    unpack(in, 0, widths(header.codebooks()), values, 0, values.length);
    return header.codes(values, labels);
  }

  /**
   * Unpacks codes of whole images.
   *
   * @param in the bytes, from that of the first code on
   * @param skipped the number of bits before the first code, below 8
   * @param widths the number of bits of a code of each codebook
   * @param values receives the codes
   * @param offset the index of the first one
   */
  void unpack(ByteBuffer in, int skipped, int[] widths, int[] values, int offset, int length) {
    int added = has(MISSING) ? 1 : 0;
    long bits = (in.get() & 0xffL) >>> skipped;
    int available = Byte.SIZE - skipped;
    for (int i = offset, book = 0; i < offset + length; i++) {
      for (; available < widths[book]; available += Byte.SIZE) {
        bits |= (in.get() & 0xffL) << available;
      }
      values[i] = (int) (bits & (1L << widths[book]) - 1) - added;
      bits >>>= widths[book];
      available -= widths[book];
      book = book + 1 == widths.length ? 0 : book + 1;
    }
  }

  /** Returns the marker after the last block. */
  static byte[] end(long images) {
    return withChecksum(CodesHeader.buffer(END_BYTES).putInt(0).putLong(images));
  }

  /** Writes the CRC-32C of all bytes but the last four to those. */
  static byte[] withChecksum(ByteBuffer bytes) {
    int end = bytes.capacity() - Integer.BYTES;
    bytes.putInt(end, checksum(bytes.array(), end));
    return bytes.array();
  }

  /** Returns whether the last four bytes are the CRC-32C of the others. */
  static boolean isIntact(ByteBuffer bytes) {
    int end = bytes.capacity() - Integer.BYTES;
    return bytes.getInt(end) == checksum(bytes.array(), end);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
