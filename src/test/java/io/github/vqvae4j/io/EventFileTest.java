package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.EventFileReader.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;

class EventFileTest {
  @TempDir Path folder;

  private Path onlyFile() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      return files.findFirst().orElseThrow();
    }
  }

  @Test
  void writtenEventsAreReadBack() throws IOException {
    byte[] png = {1, 2, 3};
    EventFile file = EventFile.create(folder.resolve("run"));
    file.scalar("loss", 7, 0.25);
    file.image("image", 8, 20, 30, 3, png);
    file.histogram("weights", 9, new float[] {-1, 0, 0, 2});
    file.flush();
    assertTrue(onlyFile().getFileName().toString().startsWith("events.out.tfevents."));
    List<Event> events = EventFileReader.read(onlyFile());
    assertEquals(4, events.size());
    assertEquals("brain.Event:2", events.get(0).version());
    assertTrue(events.get(0).wallTime() > 1.6e9);
    assertEquals(7, events.get(1).step());
    Summary.Value scalar = events.get(1).summary().getValue(0);
    assertEquals("loss", scalar.getTag());
    assertEquals(0.25f, scalar.getSimpleValue());
    Summary.Image image = events.get(2).summary().getValue(0).getImage();
    assertEquals(20, image.getHeight());
    assertEquals(30, image.getWidth());
    assertEquals(3, image.getColorspace());
    assertArrayEquals(png, image.getEncodedImageString().toByteArray());
    HistogramProto histogram = events.get(3).summary().getValue(0).getHisto();
    assertEquals(-1, histogram.getMin());
    assertEquals(2, histogram.getMax());
    assertEquals(4, histogram.getNum());
    assertEquals(1, histogram.getSum());
    assertEquals(5, histogram.getSumSquares());
    assertEquals(30, histogram.getBucketCount());
    assertEquals(1, histogram.getBucket(0));
    assertEquals(2, histogram.getBucket(10), "0 is at a third of -1..2");
    assertEquals(1, histogram.getBucket(29));
    assertEquals(2, histogram.getBucketLimit(29));
  }

  /** Compares the first record byte by byte, except for the time and its checksum. */
  @Test
  void recordsMatchTensorFlow() throws IOException {
    EventFile.create(folder.resolve("run"));
    byte[] bytes = Files.readAllBytes(onlyFile());
    // 24 bytes: wall time (tag, 8 bytes), file version (tag, length, 13 characters).
    String hex = HexFormat.of().formatHex(bytes);
    assertEquals("1800000000000000" + "a37f4b22" + "09", hex.substring(0, 26));
    assertEquals(
        "1a0d" + HexFormat.of().formatHex("brain.Event:2".getBytes()), hex.substring(42, 72));
    assertEquals(8 + 4 + 24 + 4, bytes.length);
  }

  @Test
  void equalValuesAreInOneBin() throws IOException {
    EventFile file = EventFile.create(folder.resolve("run"));
    file.histogram("zeros", 1, new float[5]);
    file.flush();
    HistogramProto histogram =
        EventFileReader.read(onlyFile()).get(1).summary().getValue(0).getHisto();
    assertEquals(5, histogram.getBucketList().stream().mapToDouble(b -> b).sum());
  }

  @Test
  void flushedEventsCanBeReadWhileTheFileGrows() throws IOException {
    EventFile file = EventFile.create(folder.resolve("run"));
    for (int step = 1; step <= 3; step++) {
      file.scalar("loss", step, 0.5);
      file.flush();
      assertEquals(1 + step, EventFileReader.read(onlyFile()).size());
    }
  }

  @Test
  void emptyAndNonFiniteHistogramsAreRejected() throws IOException {
    EventFile file = EventFile.create(folder.resolve("run"));
    for (float[] invalid : List.of(new float[0], new float[] {1, Float.NaN})) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> file.histogram("weights", 1, invalid)),
          "weights",
          "got " + invalid.length + " values");
    }
  }
}
