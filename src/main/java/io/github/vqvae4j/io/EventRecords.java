package io.github.vqvae4j.io;

import io.github.vqvae4j.log.internal.Log;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.slf4j.Logger;

/**
 * The records of an event file, in TensorFlow's TFRecord format.
 *
 * <pre>
 * length (8 bytes)  masked CRC-32C of the length (4)  data (length)  masked CRC-32C of the data (4)
 * masked = (crc rotated right by 15) + 0xa282ead8, all little-endian
 * </pre>
 */
final class EventRecords {
  private static final Logger LOG = Log.of(EventFile.class);

  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int MASK = 0xa282ead8;

  /** More than any event: an image or 30 bins of a histogram. */
  private static final int MAX_BYTES = 1 << 30;

  private EventRecords() {}

  /** A record that is incomplete or damaged. */
  private static final class DamageException extends IOException {
    private static final long serialVersionUID = 1L;

    DamageException(String message) {
      super(message);
    }
  }

  /** Appends a record that contains an event. */
  static void append(byte[] event, ByteArrayOutputStream out) {
    byte[] length = littleEndian(Long.BYTES).putLong(event.length).array();
    out.writeBytes(length);
    out.writeBytes(littleEndian(Integer.BYTES).putInt(masked(length)).array());
    out.writeBytes(event);
    out.writeBytes(littleEndian(Integer.BYTES).putInt(masked(event)).array());
  }

  /**
   * Cuts a file off before its first event after a step, or before its first incomplete or damaged
   * record, which is logged.
   *
   * @throws IOException if the file cannot be read or written
   */
  static void cut(Path file, long step) throws IOException {
    long size = file.toFile().length();
    long kept = 0;
    // Not a channel, which an interrupted thread would close.
    try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()))) {
      while (kept < size) {
        byte[] event = read(in, size - kept);
        if (step(event) > step) {
          break;
        }
        kept += HEADER + event.length + Integer.BYTES;
      }
    } catch (DamageException e) {
      LOG.warn(
          "{}: {} at byte {}: the file is cut off there, {} bytes are removed.",
          FileNames.path(file),
          e.getMessage(),
          kept,
          size - kept);
    }
    if (kept < size) {
      try (RandomAccessFile events = new RandomAccessFile(file.toFile(), "rw")) {
        events.setLength(kept);
      }
    }
  }

  /** Reads the event of the next record. */
  private static byte[] read(InputStream in, long available) throws IOException {
    ByteBuffer header = read(in, HEADER, available);
    long length = header.getLong();
    if (masked(header.array(), Long.BYTES) != header.getInt()) {
      throw new DamageException("a record with a wrong checksum of its length");
    }
    byte[] event = read(in, length, available - HEADER - Integer.BYTES).array();
    if (masked(event) != read(in, Integer.BYTES, available).getInt()) {
      throw new DamageException("a record with a wrong checksum");
    }
    return event;
  }

  private static ByteBuffer read(InputStream in, long bytes, long available) throws IOException {
    long most = Math.min(available, MAX_BYTES);
    byte[] read = bytes < 0 || bytes > most ? new byte[0] : in.readNBytes((int) bytes);
    if (read.length != bytes) {
      throw new DamageException("an incomplete record");
    }
    return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns the step of an event; 0 if it has none. */
  private static long step(byte[] event) throws DamageException {
    CodedInputStream in = CodedInputStream.newInstance(event);
    long step = 0;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (tag >>> 3 == EventFile.STEP) {
          step = in.readInt64();
        } else {
          in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new DamageException("a record that is not an event (" + e.getMessage() + ")");
    }
    return step;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes) {
    return masked(bytes, bytes.length);
  }

  private static int masked(byte[] bytes, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
