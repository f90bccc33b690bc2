package io.github.vqvae4j.data.series;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * The sample format of a WAV file, from its {@code fmt } chunk.
 *
 * @param real whether samples are floating point
 * @param channels the number of channels, at least 1
 * @param rate the number of frames per second, at least 1
 * @param bytes the number of bytes of a sample: 1 to 4 for integers, 4 or 8 for floating point
 * @param bits the number of significant bits of a sample, the upper ones of its bytes
 */
record WavFormat(boolean real, int channels, int rate, int bytes, int bits) {
  /** The length of an extensible chunk in bytes. */
  static final int MAX_LENGTH = 40;

  /** Advice for files of another format. */
  static final String CONVERT = "convert it, for example with ffmpeg -i IN -c:a pcm_s16le OUT.wav";

  private static final int MIN_LENGTH = 16;
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

  /** The end of a sub-format GUID, after the two bytes of the format tag. */
  private static final byte[] SUB_FORMAT = {
    0, 0, 0, 0, 0x10, 0, (byte) 0x80, 0, 0, (byte) 0xaa, 0, 0x38, (byte) 0x9b, 0x71
  };

  /**
   * Reads the chunk.
   *
   * @param fmt the content, little-endian; {@link #MAX_LENGTH} bytes suffice
   * @throws BadFileException if it is too short, its samples are neither integers nor floating
   *     point, or its values are invalid
   */
  static WavFormat of(Path file, ByteBuffer fmt) throws BadFileException {
    if (fmt.remaining() < MIN_LENGTH) {
      throw bad(
          file,
          "got a fmt chunk of "
              + fmt.remaining()
              + " bytes, expected 16 or more; the file is corrupt or truncated, get a new copy");
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
              + " bytes per frame and a sampling rate of "
              + rate
              + " Hz, expected at least 1 of each; the file is corrupt, get a new copy");
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

  /** Returns the name of the codec of a format tag. */
  private static String codec(int tag) {
    return CODECS.getOrDefault(tag, String.format(Locale.ROOT, "format 0x%04x", tag));
  }

  private static int subFormat(Path file, ByteBuffer fmt) throws BadFileException {
    byte[] rest = new byte[SUB_FORMAT.length];
    if (fmt.remaining() >= MAX_LENGTH) {
      fmt.get(MAX_LENGTH - rest.length, rest);
    }
    if (!Arrays.equals(rest, SUB_FORMAT)) {
      throw bad(file, "got an unknown sub-format" + EXPECTED);
    }
    return unsigned(fmt, MAX_LENGTH - rest.length - Short.BYTES);
  }

  /** Integers of up to 8 bits are unsigned, which would be ambiguous in more bytes. */
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

  /** Returns the number of bytes of a frame, which has one sample of each channel. */
  int frame() {
    return bytes * channels;
  }
}
