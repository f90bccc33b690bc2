package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.EventFileReader.Event;
import io.github.vqvae4j.train.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The event files of a run that is continued after a step. */
class EventFileResumeTest {
  private static final int STEPS = 2;

  @TempDir private Path folder;
  private Path first;

  @BeforeEach
  void writeFirst() throws IOException {
    write(EventFile.create(folder), 1, STEPS);
    first = files().get(0);
  }

  private static void write(EventFile file, int from, int to) throws IOException {
    for (int step = from; step <= to; step++) {
      file.scalar("loss", step, step);
      file.image("image", step, 1, 1, 1, new byte[] {1, 2, 3});
      file.histogram("weights", step, new float[] {step});
      file.flush();
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private List<Event> events() throws IOException {
    List<Event> events = new ArrayList<>();
    for (Path file : files()) {
      events.addAll(EventFileReader.read(file));
    }
    return events;
  }

  private static List<Long> steps(List<Event> events) {
    return events.stream()
        .filter(event -> event.summary().getValueCount() > 0)
        .map(Event::step)
        .toList();
  }

  /** Returns three times each step. */
  private static List<Long> threeOfEach(int steps) {
    return LongStream.rangeClosed(1, steps).boxed().flatMap(i -> Stream.of(i, i, i)).toList();
  }

  /** Returns the lengths of a file after each record. */
  private static List<Integer> ends(byte[] bytes) {
    List<Integer> ends = new ArrayList<>(List.of(0));
    for (int end = 0; end < bytes.length; ends.add(end)) {
      end += 8 + 4 + (bytes[end] & 0xFF) + 256 * bytes[end + 1] + 4;
    }
    return ends;
  }

  /** Cuts a damaged file off, and returns the number of warnings. */
  private int warningsOfCut(byte[] damaged) throws IOException {
    Files.write(first, damaged);
    try (CapturedLog log = new CapturedLog(EventFile.class)) {
      EventRecords.cut(first, STEPS);
      return log.warnings().size();
    }
  }

  @Test
  void continuesAfterEachStep() throws IOException {
    byte[] all = Files.readAllBytes(first);
    for (int step = 0; step <= STEPS + 1; step++) {
      for (Path file : files()) {
        Files.delete(file);
      }
      Files.write(first, all);
      EventFile resumed = EventFile.resume(folder, step);
      int kept = Math.min(step, STEPS);
      byte[] expected = Arrays.copyOf(all, ends(all).get(1 + 3 * kept));
      assertArrayEquals(expected, Files.readAllBytes(first));
      write(resumed, kept + 1, 6);
      assertEquals(threeOfEach(6), steps(events()));
      assertArrayEquals(expected, Files.readAllBytes(first), "new events are in a new file");
    }
  }

  @Test
  void continuesSeveralTimes() throws IOException {
    write(EventFile.resume(folder, 2), 3, 7);
    write(EventFile.resume(folder, 6), 7, 8);
    write(EventFile.resume(folder, 1), 2, 9);
    assertEquals(threeOfEach(9), steps(events()));
    assertEquals(4, files().size());
  }

  /** TensorBoard reads files by name, and on a restart drops the events from its step on. */
  @Test
  void aRunningTensorBoardSeesEachEventOnce() throws IOException {
    // A clock that was put back: the new file would be read before the old one, or not at all.
    first = Files.move(first, folder.resolve("events.out.tfevents.9000000000.999.vqvae4j"));
    List<Event> shown = new ArrayList<>(EventFileReader.read(first));
    write(EventFile.resume(folder, 1), 2, 5);
    assertEquals("events.out.tfevents.9000000001.000.vqvae4j", FileNames.name(files().get(1)));
    List<Event> added = EventFileReader.read(files().get(1));
    assertEquals("brain.Event:2", added.get(0).version());
    assertTrue(added.get(1).restart());
    assertEquals(2, added.get(1).step());
    for (Event event : added) {
      if (event.restart()) {
        shown.removeIf(earlier -> earlier.step() >= event.step());
      }
      shown.add(event);
    }
    assertEquals(threeOfEach(5), steps(shown));
  }

  /** A process may be killed after any byte. */
  @Test
  void eachTruncationIsCutOffAfterTheLastCompleteRecord() throws IOException {
    byte[] all = Files.readAllBytes(first);
    List<Integer> ends = ends(all);
    assertEquals(1 + 1 + 3 * STEPS, ends.size());
    for (int length = 0; length <= all.length; length++) {
      int warnings = warningsOfCut(Arrays.copyOf(all, length));
      assertEquals(ends.contains(length) ? 0 : 1, warnings, "length " + length);
      int last = length;
      int kept = ends.stream().filter(end -> end <= last).reduce(0, Math::max);
      assertArrayEquals(Arrays.copyOf(all, kept), Files.readAllBytes(first), "length " + length);
    }
  }

  @Test
  void eachChangedByteIsCutOffWithItsRecord() throws IOException {
    byte[] all = Files.readAllBytes(first);
    for (int i = 0; i < all.length; i++) {
      byte[] damaged = all.clone();
      damaged[i] ^= (byte) (1 << i % 8);
      assertEquals(1, warningsOfCut(damaged), "byte " + i);
      int changed = i;
      int kept = ends(all).stream().filter(end -> end <= changed).reduce(0, Math::max);
      assertArrayEquals(Arrays.copyOf(all, kept), Files.readAllBytes(first), "byte " + i);
    }
  }

  @Test
  void aTailOfZerosIsCutOffWithAWarning() throws IOException {
    byte[] all = Files.readAllBytes(first);
    Files.write(first, Arrays.copyOf(all, all.length + 100));
    try (CapturedLog log = new CapturedLog(EventFile.class)) {
      EventFile.resume(folder, STEPS);
      assertMessageContains(
          new Exception(String.join("\n", log.warnings())),
          first.toString(),
          "a record with a wrong checksum of its length at byte " + all.length,
          "100 bytes are removed");
    }
    assertArrayEquals(all, Files.readAllBytes(first));
  }

  @Test
  void filesOfOthersAreLeftUnchanged() throws IOException {
    List<String> names =
        List.of("events.out.tfevents.1700000000.host", "a-events.out.tfevents.1.2.vqvae4j", "a");
    for (String name : names) {
      Files.writeString(folder.resolve(name), "not events");
    }
    EventFile.resume(folder, 0);
    for (String name : names) {
      assertEquals("not events", Files.readString(folder.resolve(name)));
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a permission")
  void aLinkToTheFolderIsFollowed() throws IOException {
    Path link = folder.resolveSibling(folder.getFileName() + "-link");
    Files.createSymbolicLink(link, folder);
    try {
      write(EventFile.resume(link, 1), 2, 3);
    } finally {
      Files.delete(link);
    }
    assertEquals(threeOfEach(3), steps(events()));
  }

  @Test
  void aFolderWithoutEventsGetsAFile() throws IOException {
    folder = folder.resolve("new");
    write(EventFile.resume(folder, 7), 8, 8);
    assertEquals(List.of(8L, 8L, 8L), steps(events()));
  }
}
