package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.fuzz.FuzzTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Event files of a run that is resumed: the intact records are kept, the others are cut off. */
public final class EventFileKinds {
  private static final String NAME = "events.out.tfevents.1700000000.000.vqvae4j";
  private static final int STEPS = 4;

  /** The last step whose events are kept. */
  private static final int LAST = 3;

  /** The bytes of a record before its data, and after it. */
  private static final int HEADER = 12;

  private static final int FOOTER = 4;

  private final byte[] intact;

  private EventFileKinds(byte[] intact) {
    this.intact = intact;
  }

  /** Returns the formats: with checksums as they are, and repaired. */
  public static List<FuzzTarget> all(Path folder) throws IOException {
    Path parent = Files.createTempDirectory(folder, "events");
    EventFile events = EventFile.create(parent);
    for (int step = 1; step <= STEPS; step++) {
      events.scalar("loss", step, 1.0 / step);
      events.image("image", step, 1, 1, 1, new byte[] {1, 2, 3});
      events.histogram("weights", step, new float[] {step, 0});
    }
    events.flush();
    EventFileKinds kind = new EventFileKinds(Files.readAllBytes(files(parent).get(0)));
    FuzzTarget target = FuzzTarget.of("events", NAME, List.of(kind.intact), kind::resume);
    return List.of(target, target.repaired(EventFileKinds::repaired, EventFileKinds::cut));
  }

  private static List<Path> files(Path parent) throws IOException {
    try (Stream<Path> files = Files.list(parent)) {
      return files.toList();
    }
  }

  /** Resumes in a folder of its own, and checks that all records before the damage remain. */
  private void resume(Path file) throws IOException {
    byte[] damaged = Files.readAllBytes(file);
    byte[] kept = cut(file);
    int mismatch = Arrays.mismatch(intact, damaged);
    int same = mismatch < 0 ? intact.length : mismatch;
    int expected = 0;
    for (int end : recordEnds(intact)) {
      expected = end <= same && end <= lastKept() ? end : expected;
    }
    assertTrue(kept.length >= expected, kept.length + " bytes of at least " + expected);
  }

  /** Returns the end of the records up to the last step: all but the three of the step after it. */
  private int lastKept() {
    List<Integer> ends = recordEnds(intact);
    return ends.get(ends.size() - 1 - 3 * (STEPS - LAST));
  }

  /** Cuts a file off, and checks that what remains was there before and is not cut off again. */
  private static byte[] cut(Path file) throws IOException {
    byte[] damaged = Files.readAllBytes(file);
    Path folder = Files.createTempDirectory(file.getParent(), "run");
    Path copy = Files.write(folder.resolve(NAME), damaged);
    try {
      EventFile.resume(folder, LAST);
      byte[] kept = Files.readAllBytes(copy);
      assertArrayEquals(Arrays.copyOf(damaged, kept.length), kept);
      EventFile.resume(folder, LAST);
      assertArrayEquals(kept, Files.readAllBytes(copy));
      return kept;
    } finally {
      for (Path path : files(folder)) {
        Files.delete(path);
      }
      Files.delete(folder);
    }
  }

  private static List<Integer> recordEnds(byte[] bytes) {
    List<Integer> ends = new ArrayList<>();
    ByteBuffer buffer = littleEndian(bytes);
    for (int at = 0; at < bytes.length; ends.add(at)) {
      at += HEADER + Math.toIntExact(buffer.getLong(at)) + FOOTER;
    }
    return ends;
  }

  /** Repairs the checksums, as far as the lengths of records are valid. */
  private static byte[] repaired(byte[] bytes) {
    ByteBuffer buffer = littleEndian(bytes);
    int at = 0;
    while (at + HEADER <= bytes.length) {
      buffer.putInt(at + Long.BYTES, masked(bytes, at, Long.BYTES));
      long length = buffer.getLong(at);
      if (length < 0 || length > bytes.length - at - HEADER - FOOTER) {
        return bytes;
      }
      int end = at + HEADER + (int) length;
      buffer.putInt(end, masked(bytes, at + HEADER, (int) length));
      at = end + FOOTER;
    }
    return bytes;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
