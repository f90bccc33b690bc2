package io.github.vqvae4j.data.series;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.data.internal.FileKind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Reads a WAV file chunk by chunk. Memory is allocated only for samples that exist, regardless of
 * the sizes in the file.
 */
final class WavReader {
  private static final Logger LOG = Log.of(WavFiles.class);
  private static final int CHUNK_SAMPLES = 1 << 13;
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int NAME = 4;

  /** The maximum length of an array. */
  private static final int MAX_SAMPLES = Integer.MAX_VALUE - 8;

  /**
   * The placeholder for a size that is in a ds64 chunk, or that a writer to a pipe did not know.
   */
  private static final long NO_SIZE = 0xFFFFFFFFL;

  /**
   * The minimum of other placeholders: 7FFFF000, 7FFFFF00, 7FFFFFFF, .., to which the header is
   * added in the RIFF size.
   */
  private static final long MIN_PLACEHOLDER = 0x7FFF0000L;

  /** Chunks that may directly follow a chunk of odd length without padding. */
  private static final Set<String> COMMON = Set.of("fmt ", "data", "LIST", "fact");

  private final FileBytes file;
  private final long length;
  private boolean wide;
  private long riffSize;
  private long wideDataSize;

  WavReader(FileBytes file) {
    this.file = file;
    length = file.size();
  }

  /** Reads the samples. */
  Series read() throws IOException {
    readHeader();
    WavFormat format = null;
    long offset = RIFF_HEADER;
    while (length - offset >= CHUNK_HEADER) {
      ByteBuffer header = bytes(offset, CHUNK_HEADER);
      String name = name(header, 0);
      long size = Integer.toUnsignedLong(header.getInt(4));
      offset += CHUNK_HEADER;
      if (name.equals("fmt ")) {
        format =
            WavFormat.of(file.file(), bytes(offset, (int) Math.min(size, WavFormat.MAX_LENGTH)));
      } else if (name.equals("ds64") && wide && size >= 2 * Long.BYTES) {
        readSizes(bytes(offset, 2 * Long.BYTES));
      } else if (name.equals("data") && format == null) {
        break;
      } else if (name.equals("data")) {
        return sound(format, offset, wide && size == NO_SIZE ? wideDataSize : size);
      }
      offset += size + padding(offset, size);
    }
    throw bad(
        "chunks",
        "got no "
            + (format == null ? "\"fmt \" before \"data\"" : "\"data\"")
            + ", expected one of each; the file is corrupt or truncated, get a new copy");
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

  /**
   * Returns the padding, one byte after an odd length, unless a chunk starts there, because not all
   * programs write it.
   */
  private int padding(long offset, long size) throws IOException {
    boolean odd = size % 2 == 1;
    return odd && !COMMON.contains(name(bytes(offset + size, NAME), 0)) ? 1 : 0;
  }

  /** Reads the samples at an offset, whose size is given by the header. */
  private Series sound(WavFormat format, long start, long size) throws IOException {
    long available = length - start;
    boolean complete = size >= 0 && size <= available;
    boolean toEnd = complete ? size == 0 && endsBy(start) : endsBy(length);
    long frames = (complete && !toEnd ? size : available) / format.frame();
    if (!complete && !toEnd || frames == 0) {
      throw bad(
          "data",
          "got "
              + frames
              + " frames, expected "
              + Math.max(1, size / format.frame())
              + "; the file is empty or truncated, get a new copy");
    }
    float[] samples = samples(format, start, frames);
    if (!toEnd) {
      warnOfFurtherData(start + size + padding(start, size));
    }
    return Series.owning(samples, format.channels(), format.rate());
  }

  /**
   * Logs a warning if there is a further data chunk, which is ignored. Stops at data that are not
   * chunks.
   */
  private void warnOfFurtherData(long start) throws IOException {
    long offset = start;
    while (length - offset >= CHUNK_HEADER) {
      ByteBuffer header = bytes(offset, CHUNK_HEADER);
      String name = name(header, 0);
      long size = Integer.toUnsignedLong(header.getInt(4));
      if (name.equals("data")) {
        LOG.warn(
            "{}: a second \"data\" chunk, of {} bytes, is ignored, as other programs do; if it"
                + " belongs to the recording, write the file again with a single data chunk",
            FileNames.path(file.file()),
            size);
      }
      if (name.equals("data") || !name.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        return;
      }
      offset += CHUNK_HEADER + size;
      offset += padding(offset - size, size);
    }
  }

  /**
   * Returns whether the file, by the RIFF size, ends at the offset or before, or was written to a
   * pipe.
   */
  private boolean endsBy(long offset) {
    return riffSize <= offset - CHUNK_HEADER || !wide && riffSize >= MIN_PLACEHOLDER;
  }

  private float[] samples(WavFormat format, long start, long frames) throws IOException {
    long count = frames * format.channels();
    if (count > MAX_SAMPLES) {
      throw bad(
          "data",
          "got "
              + count
              + " samples, expected at most "
              + MAX_SAMPLES
              + ", the maximum length of a series; split the file, for example with ffmpeg -i IN -f"
              + " segment -segment_time 3600 OUT%d.wav");
    }
    float[] samples =
        HeapMemory.floats(
            (int) count,
            () -> FileNames.path(file.file()) + ", a recording of " + count + " samples,");
    int to;
    // Not from += CHUNK_SAMPLES, which would overflow after the maximum length of an array.
    for (int from = 0; from < samples.length; from = to) {
      to = from + Math.min(CHUNK_SAMPLES, samples.length - from);
      ByteBuffer read = bytes(start + (long) from * format.bytes(), (to - from) * format.bytes());
      if (read.remaining() < (to - from) * format.bytes()) {
        throw bad("data", "the file was truncated while being read; read it again");
      }
      for (int i = from; i < to; i++) {
        samples[i] = format.real() ? real(format, read, i) : integer(format, read, i);
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
              + location(format, index)
              + ", expected finite values in the range of float; repair or remove the file");
    }
    return (float) sample;
  }

  private float integer(WavFormat format, ByteBuffer data, int index) throws BadFileException {
    int sample = 0;
    for (int i = 0; i < format.bytes(); i++) {
      // The last byte is the most significant; it ends in the upper bits, so that the sign is
      // correct.
      sample = sample >>> 8 | data.get() << 24;
    }
    if (format.bytes() == 1) {
      sample ^= Integer.MIN_VALUE;
    }
    if (format.bits() < Integer.SIZE && sample << format.bits() != 0) {
      throw bad(
          "data",
          "got a sample"
              + location(format, index)
              + " with more than "
              + format.bits()
              + " bits in "
              + format.bytes()
              + " bytes, expected the sample in the upper bits and 0 below; "
              + WavFormat.CONVERT);
    }
    return sample / 0x1p31f;
  }

  private static String location(WavFormat format, int index) {
    return " in frame " + index / format.channels() + ", channel " + index % format.channels();
  }

  /** Reads bytes at an offset; fewer at the end of the file. */
  private ByteBuffer bytes(long offset, int count) throws IOException {
    byte[] bytes = new byte[(int) Math.max(0, Math.min(count, length - offset))];
    int done = 0;
    try {
      for (int read = 0; done < bytes.length && read >= 0; done += Math.max(0, read)) {
        read = file.copy(offset + done, bytes, done, bytes.length - done);
      }
    } catch (BadFileException e) {
      LOG.debug("Truncated while being read", e);
    }
    return ByteBuffer.wrap(bytes).limit(done).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the four letters at an offset; fewer at the end of the file. */
  private static String name(ByteBuffer bytes, int offset) {
    byte[] letters = new byte[Math.max(0, Math.min(NAME, bytes.limit() - offset))];
    bytes.get(Math.min(offset, bytes.limit()), letters);
    return new String(letters, StandardCharsets.ISO_8859_1);
  }

  private BadFileException bad(String location, String problem) {
    return new BadFileException(file.file(), location, problem);
  }
}
