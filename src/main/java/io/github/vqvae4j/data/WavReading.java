package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a WAV file chunk by chunk. Memory is taken for samples that are there, whatever the sizes
 * in the file say.
 */
final class WavReading {
  private static final Logger LOG = LoggerFactory.getLogger(WavFiles.class);
  private static final int SAMPLES_AT_ONCE = 1 << 13;
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int NAME = 4;

  /** The longest array. */
  private static final int MOST = Integer.MAX_VALUE - 8;

  /**
   * What stands for a size that stands in a ds64 chunk, or that a writer to a pipe did not know.
   */
  private static final long NO_SIZE = 0xFFFFFFFFL;

  /** Others write 7FFFF000, 7FFFFF00, 7FFFFFFF, .. then, and add the header to the RIFF size. */
  private static final long LEAST_OF_STREAM = 0x7FFF0000L;

  /** Chunks that may stand right behind one of odd length that was not padded. */
  private static final Set<String> COMMON = Set.of("fmt ", "data", "LIST", "fact");

  private final FileBytes file;
  private final long length;
  private boolean wide;
  private long riffSize;
  private long wideDataSize;

  WavReading(FileBytes file) {
    this.file = file;
    length = file.size();
  }

  /** The whole sound. */
  Series read() throws IOException {
    readHeader();
    WavFormat format = null;
    long at = RIFF_HEADER;
    while (length - at >= CHUNK_HEADER) {
      ByteBuffer header = bytes(at, CHUNK_HEADER);
      String name = name(header, 0);
      long size = Integer.toUnsignedLong(header.getInt(4));
      at += CHUNK_HEADER;
      if (name.equals("fmt ")) {
        format = WavFormat.of(file.file(), bytes(at, (int) Math.min(size, WavFormat.LONGEST)));
      } else if (name.equals("ds64") && wide && size >= 2 * Long.BYTES) {
        readSizes(bytes(at, 2 * Long.BYTES));
      } else if (name.equals("data") && format == null) {
        break;
      } else if (name.equals("data")) {
        return sound(format, at, wide && size == NO_SIZE ? wideDataSize : size);
      }
      at += size + padding(at, size);
    }
    throw bad(
        "chunks",
        "got no "
            + (format == null ? "\"fmt \" before \"data\"" : "\"data\"")
            + ", expected one of each; the file is damaged or cut off, get it anew");
  }

  private void readHeader() throws IOException {
    ByteBuffer head = bytes(0, FileKind.BYTES);
    byte[] start = new byte[head.remaining()];
    head.get(0, start);
    FileKind kind = FileKind.of(start);
    if (kind != FileKind.WAV) {
      throw bad("header", kind.problem(FileKind.Category.SOUND, "a WAV file", WavFormat.CONVERT));
    }
    wide = !name(head, 0).equals("RIFF");
    riffSize = wide ? 0 : Integer.toUnsignedLong(head.getInt(4));
  }

  private void readSizes(ByteBuffer ds64) {
    if (ds64.remaining() == 2 * Long.BYTES) {
      riffSize = ds64.getLong();
      wideDataSize = ds64.getLong();
    }
  }

  /** One byte after an odd length, unless a chunk begins there: not all programs write it. */
  private int padding(long at, long size) throws IOException {
    boolean odd = size % 2 == 1;
    return odd && !COMMON.contains(name(bytes(at + size, NAME), 0)) ? 1 : 0;
  }

  /** The sound whose samples begin at a place and are said to have this size. */
  private Series sound(WavFormat format, long begin, long size) throws IOException {
    long there = length - begin;
    boolean enough = size >= 0 && size <= there;
    boolean toEnd = enough ? size == 0 && endsBy(begin) : endsBy(length);
    long frames = (enough && !toEnd ? size : there) / format.frame();
    if (!enough && !toEnd || frames == 0) {
      throw bad(
          "data",
          "got "
              + frames
              + " frames, expected "
              + Math.max(1, size / format.frame())
              + "; the file is empty or cut off, get it anew");
    }
    float[] samples = samples(format, begin, frames);
    if (!toEnd) {
      warnOfMore(begin + size + padding(begin, size));
    }
    return Series.owning(samples, format.channels(), format.rate());
  }

  /** Warns of further samples, which are left out. What are no chunks is not looked through. */
  private void warnOfMore(long begin) throws IOException {
    long at = begin;
    while (length - at >= CHUNK_HEADER) {
      ByteBuffer header = bytes(at, CHUNK_HEADER);
      String name = name(header, 0);
      long size = Integer.toUnsignedLong(header.getInt(4));
      if (name.equals("data")) {
        LOG.warn(
            "{}: a second \"data\" chunk, of {} bytes, is left out, as other programs do; if it"
                + " belongs to the sound, write the file anew with one",
            FileNames.path(file.file()),
            size);
      }
      if (name.equals("data") || !name.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        return;
      }
      at += CHUNK_HEADER + size;
      at += padding(at - size, size);
    }
  }

  /** Whether the file, by its own size in the header, ends here or before, or is a stream. */
  private boolean endsBy(long place) {
    return riffSize <= place - CHUNK_HEADER || !wide && riffSize >= LEAST_OF_STREAM;
  }

  private float[] samples(WavFormat format, long begin, long frames) throws IOException {
    long count = frames * format.channels();
    if (count > MOST) {
      throw bad(
          "data",
          "got "
              + count
              + " samples, expected at most "
              + MOST
              + ", as many as a series holds; split it, for example with ffmpeg -i IN -f segment"
              + " -segment_time 3600 OUT%d.wav");
    }
    float[] samples =
        HeapMemory.floats(
            (int) count, () -> FileNames.path(file.file()) + ", a sound of " + count + " samples,");
    int to;
    // Not from += SAMPLES_AT_ONCE, which would overflow behind the longest array.
    for (int from = 0; from < samples.length; from = to) {
      to = from + Math.min(SAMPLES_AT_ONCE, samples.length - from);
      ByteBuffer some = bytes(begin + (long) from * format.bytes(), (to - from) * format.bytes());
      if (some.remaining() < (to - from) * format.bytes()) {
        throw bad("data", "the file became shorter while it was read; read it again");
      }
      for (int i = from; i < to; i++) {
        samples[i] = format.real() ? real(format, some, i) : integer(format, some, i);
      }
    }
    return samples;
  }

  private float real(WavFormat format, ByteBuffer data, int index) throws BadFileException {
    double sample = format.bytes() == Float.BYTES ? data.getFloat() : data.getDouble();
    if (!Float.isFinite((float) sample)) {
      throw bad(
          "data",
          "got "
              + sample
              + place(format, index)
              + ", expected finite numbers that a float can hold; repair the file or leave it out");
    }
    return (float) sample;
  }

  private float integer(WavFormat format, ByteBuffer data, int index) throws BadFileException {
    int sample = 0;
    for (int i = 0; i < format.bytes(); i++) {
      // The last byte is the highest; each ends in the upper bits, so that the sign is right.
      sample = sample >>> 8 | data.get() << 24;
    }
    if (format.bytes() == 1) {
      sample ^= Integer.MIN_VALUE;
    }
    if (format.bits() < Integer.SIZE && sample << format.bits() != 0) {
      throw bad(
          "data",
          "got a sample"
              + place(format, index)
              + " that has more than its "
              + format.bits()
              + " bits in "
              + format.bytes()
              + " bytes, expected them in the upper bits and 0 below; "
              + WavFormat.CONVERT);
    }
    return sample / 0x1p31f;
  }

  private static String place(WavFormat format, int index) {
    return " in frame " + index / format.channels() + ", channel " + index % format.channels();
  }

  /** So many bytes from a place on; fewer where the file ends. */
  private ByteBuffer bytes(long at, int count) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(count, length - at))];
    int done = 0;
    try {
      for (int some = 0; done < bytes.length && some >= 0; done += Math.max(0, some)) {
        some = file.copy(at + done, bytes, done, bytes.length - done);
      }
    } catch (BadFileException e) {
      LOG.debug("Became shorter while it was read", e);
    }
    return ByteBuffer.wrap(bytes).limit(done).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The four letters at an offset; fewer where the file ends. */
  private static String name(ByteBuffer bytes, int offset) {
    byte[] letters = new byte[Math.max(0, Math.min(NAME, bytes.limit() - offset))];
    bytes.get(Math.min(offset, bytes.limit()), letters);
    return new String(letters, StandardCharsets.ISO_8859_1);
  }

  private BadFileException bad(String place, String problem) {
    return new BadFileException(file.file(), place, problem);
  }
}
