package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.io.EventFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table and the event files of a process that is killed while it writes them. */
@Timeout(120)
class KilledWriterTest {
  @TempDir private Path folder;

  /** Writes without end, and prints each step before it is written. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      long step = Long.parseLong(arguments[1]);
      MetricsTable table = MetricsTable.resume(folder.resolve("metrics.csv"), step);
      TensorBoardWriter events = TensorBoardWriter.resume(folder, step);
      while (true) {
        step++;
        System.out.println(step);
        write(table, step);
        events.add(step, metrics(step));
      }
    }
  }

  private static void write(MetricsTable table, long step) throws IOException {
    table.add(step, metrics(step));
  }

  /** Returns metrics, and a further name after every 50 steps up to 150. */
  private static List<Metric> metrics(long step) {
    return LongStream.rangeClosed(0, Math.min(step / 50, 3))
        .mapToObj(i -> new Metric("metric" + i, step + 0.1 * i))
        .toList();
  }

  /** Runs the program until it has printed a step, kills it, and returns an earlier step. */
  private long killAfter(long begin, long end) throws Exception {
    try (ChildProgram child =
        new ChildProgram(Program.class, folder.toString(), String.valueOf(begin))) {
      child.await(String.valueOf(end)).kill();
    }
    return end - 7;
  }

  @Test
  void continuesWithTheSameBytes() throws Exception {
    long step = 0;
    for (long end : List.of(49L, 120L, 200L)) {
      step = killAfter(step, end);
    }
    MetricsTable table = MetricsTable.resume(folder.resolve("metrics.csv"), step);
    TensorBoardWriter events = TensorBoardWriter.resume(folder, step);
    MetricsTable inOneGo = new MetricsTable(folder.resolve("expected.csv"));
    List<String> expected = new ArrayList<>();
    for (long i = 1; i <= 220; i++) {
      if (i > step) {
        write(table, i);
        events.add(i, metrics(i));
      }
      write(inOneGo, i);
      for (Metric metric : metrics(i)) {
        expected.add(i + " " + metric.name());
      }
    }
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("expected.csv")),
        Files.readAllBytes(folder.resolve("metrics.csv")));
    assertEquals(expected, points());
  }

  /** Returns the step and name of each value in the event files. */
  private List<String> points() throws IOException {
    List<String> points = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".vqvae4j")).sorted().toList()) {
        EventFileReader.read(file)
            .forEach(
                event ->
                    event
                        .summary()
                        .getValueList()
                        .forEach(value -> points.add(event.step() + " " + value.getTag())));
      }
    }
    return points;
  }
}
