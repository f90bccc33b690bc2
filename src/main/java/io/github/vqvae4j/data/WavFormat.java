package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * How samples stand in a WAV file, as its {@code fmt } chunk says.
 *
 * @param real whether they are floating point
 * @param channels 1 or more
 * @param rate frames a second, 1 or more
 * @param bytes of a sample: 1 to 4 of whole numbers, 4 or 8 of floating point
 * @param bits of a sample that count, the upper ones of its bytes
 */
record WavFormat(boolean real, int channels, int rate, int bytes, int bits) {
  /** The chunk with all that an extensible one has. */
  static final int LONGEST = 40;

  /** How to make such a file of any other. */
  static final String CONVERT = "convert it, for example with ffmpeg -i IN -c:a pcm_s16le OUT.wav";

  private static final int SHORTEST = 16;
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int EXTENSIBLE = 0xFFFE;

  private static final String EXPECTED =
      ", expected PCM with 8, 16, 24 or 32 bits, or floating point with 32 or 64; " + CONVERT;

  private static final Map<Integer, String> CODECS =
      Map.of(
          0x02, "Microsoft ADPCM",
          0x06, "A-law (G.711)",
          0x07, "mu-law (G.711)",
          0x11, "IMA ADPCM",
          0x31, "GSM 6.10",
          0x50, "MPEG audio",
          0x55, "MP3",
          0xFF, "AAC",
          0x161, "Windows Media");

  /** A sub-format is a GUID: a tag in two bytes, and these. */
  private static final byte[] SUB_FORMAT = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
  };

  /**
   * Reads the chunk.
   *
   * @param fmt its content, little-endian, of which {@link #LONGEST} bytes are enough
   * @throws BadFileException if it is too short, its samples are of another kind than whole numbers
   *     or floating point, or its numbers cannot be
   */
  static WavFormat of(Path file, ByteBuffer fmt) throws BadFileException {
    if (fmt.remaining() < SHORTEST) {
      throw bad(
          file,
          "got a fmt chunk of "
              + fmt.remaining()
              + " bytes, expected 16 or more; the file is damaged or cut off, get it anew");
    }
    int tag = unsigned(fmt, 0);
    int channels = unsigned(fmt, 2);
    long rate = Integer.toUnsignedLong(fmt.getInt(4));
    int frame = unsigned(fmt, 12);
    int bits = unsigned(fmt, 14);
    if (tag == EXTENSIBLE) {
      tag = subFormat(file, fmt);
    }
    if (tag != PCM && tag != FLOAT) {
      throw bad(file, "got " + codec(tag) + " samples" + EXPECTED);
    }
    if (channels == 0 || frame == 0 || rate == 0 || rate > Integer.MAX_VALUE) {
      throw bad(
          file,
          "got "
              + channels
              + " channels, "
              + frame
              + " bytes for all of them, and "
              + rate
              + " samples a second, expected 1 or more of each; the file is damaged, get it anew");
    }
    int bytes = frame / channels;
    if (bytes * channels != frame || !isKnown(tag == FLOAT, bytes, bits)) {
      throw bad(
          file,
          "got samples of "
              + Counts.of(bits, "bit")
              + ", "
              + Counts.of(frame, "byte")
              + " for "
              + Counts.of(channels, "channel")
              + EXPECTED);
    }
    return new WavFormat(tag == FLOAT, channels, (int) rate, bytes, bits);
  }

  /** The samples that a format tag stands for. */
  private static String codec(int tag) {
    return CODECS.getOrDefault(tag, String.format(Locale.ROOT, "format 0x%04x", tag));
  }

  private static int subFormat(Path file, ByteBuffer fmt) throws BadFileException {
    byte[] rest = new byte[SUB_FORMAT.length];
    if (fmt.remaining() >= LONGEST) {
      fmt.get(LONGEST - rest.length, rest);
    }
    if (!Arrays.equals(rest, SUB_FORMAT)) {
      throw bad(file, "got an unknown sub-format" + EXPECTED);
    }
    return unsigned(fmt, LONGEST - rest.length - Short.BYTES);
  }

  /** Of whole numbers up to 8 bits have no sign, so that it would not be clear in more bytes. */
  private static boolean isKnown(boolean real, int bytes, int bits) {
    return real
        ? (bytes == Float.BYTES || bytes == Double.BYTES) && bits == 8 * bytes
        : bytes <= Integer.BYTES && bits > (bytes == 1 ? 0 : 8) && bits <= 8 * bytes;
  }

  private static int unsigned(ByteBuffer fmt, int offset) {
    return Short.toUnsignedInt(fmt.getShort(offset));
  }

  private static BadFileException bad(Path file, String problem) {
    return new BadFileException(file, "header", problem);
  }

  /** The bytes of a sample of each channel. */
  int frame() {
    return bytes * channels;
  }
}
