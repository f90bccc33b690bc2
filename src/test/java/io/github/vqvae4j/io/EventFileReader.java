package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.nd4j.shade.protobuf.CodedInputStream;
import org.tensorflow.framework.Summary;

/** Reads event files and checks all lengths and checksums. */
public final class EventFileReader {
  /** A SessionLog whose status, its field 1, is START, which is 1. */
  private static final byte[] SESSION_START = {8, 1};

  /** The fields of an event. Missing fields are 0 or empty. */
  public record Event(
      double wallTime, long step, String version, Summary summary, boolean restart) {
    static Event parse(byte[] data) throws IOException {
      CodedInputStream in = CodedInputStream.newInstance(data);
      double wallTime = 0;
      long step = 0;
      String version = "";
      Summary summary = Summary.getDefaultInstance();
      boolean restart = false;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag >>> 3) {
          case 1 -> wallTime = in.readDouble();
          case 2 -> step = in.readInt64();
          case 3 -> version = in.readString();
          case 5 -> summary = Summary.parseFrom(in.readByteArray());
          case 7 -> restart = Arrays.equals(SESSION_START, in.readByteArray());
          default -> throw new IOException("unknown field " + (tag >>> 3));
        }
      }
      return new Event(wallTime, step, version, summary, restart);
    }
  }

  private EventFileReader() {}

  public static List<Event> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int begin = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertEquals(checksum(bytes.array(), begin, 8), bytes.getInt(), "checksum of the length");
      byte[] data = new byte[length];
      bytes.get(data);
      assertEquals(checksum(data, 0, length), bytes.getInt(), "checksum of the data");
      events.add(Event.parse(data));
    }
    return events;
  }

  private static int checksum(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    long value = crc.getValue();
    return (int) (((value >> 15) | (value << 17)) + 0xa282ead8L);
  }
}
