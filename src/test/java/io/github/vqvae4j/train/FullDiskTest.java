package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checkpoints and the table of metrics on a disk with space for only a part of them. The disk is a
 * small file system of a child process in namespaces of its own, which need no permission.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no namespaces")
@Timeout(300)
class FullDiskTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);

  /** The unit in which the file system gives out space. */
  private static final int PAGE = 4096;

  /** More pages than the files of a step need. */
  private static final int PAGES = 80;

  @TempDir private Path folder;

  private void assertSucceeds(Class<?> program) throws IOException, InterruptedException {
    List<String> namespaces = List.of("unshare", "--map-root-user", "--mount");
    assumeTrue(exit(namespaces, "true") == 0, "this system does not allow namespaces");
    List<String> mounting = new ArrayList<>(namespaces);
    mounting.addAll(List.of("sh", "-c", "mount -t tmpfs -o size=2m tmpfs \"$0\" && exec \"$@\""));
    mounting.add(folder.toString());
    String[] command = ChildProgram.command(program, folder.toString()).toArray(String[]::new);
    assertEquals(0, exit(mounting, command));
  }

  private static int exit(List<String> prefix, String... more)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = process.waitFor();
    if (exit != 0) {
      System.out.println(output);
    }
    return exit;
  }

  /** Fills the file system up, apart from a number of pages. */
  private static void fill(Path disk, int freePages) throws IOException {
    Path filler = disk.resolve("filler");
    byte[] page = new byte[PAGE];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      assertMessageContains(e, "No space left");
    }
    try (RandomAccessFile file = new RandomAccessFile(filler.toFile(), "rw")) {
      file.setLength(Math.max(0, file.length() - (long) freePages * PAGE));
    }
  }

  private interface Action {
    void after(long step) throws IOException;
  }

  private static TrainingListener atStepEnd(Action action) {
    return new TrainingListener() {
      @Override
      public void onStepEnd(TrainingRun run, long step) {
        try {
          action.after(step);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).batch(16).workers(1).steps(PAGES + 3).quiet();
  }

  /** After each step, checkpoints are complete, and a newer one is there if it fitted. */
  static final class CheckpointProgram {
    private final Path disk;
    private final Path checkpoints;
    private final Set<Long> missing = new TreeSet<>();
    private final Set<Long> written = new TreeSet<>();

    private CheckpointProgram(Path disk) {
      this.disk = disk;
      checkpoints = disk.resolve("run").resolve("checkpoints");
    }

    private void fillAfter(long step) throws IOException {
      if (step > 1 && step <= PAGES) {
        fill(disk, (int) step - 2);
      } else if (step > PAGES) {
        Files.deleteIfExists(disk.resolve("filler"));
      }
    }

    private void checkAfter(long step) throws IOException {
      awaitBackground();
      long newest = 0;
      for (Path file : files()) {
        newest = Math.max(newest, RunHistory.step(Checkpoint.read(file)));
      }
      (newest == step ? written : missing).add(step);
      long before = written.stream().reduce(0L, (a, b) -> b);
      assertEquals(before, newest, "the newest checkpoint is deleted only for a newer one");
      VqVae.load(disk.resolve("run").resolve("model.safetensors")).close();
    }

    private static void awaitBackground() {
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().equals("vqvae4j-checkpoint")) {
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    }

    private List<Path> files() throws IOException {
      try (Stream<Path> files = Files.list(checkpoints)) {
        return files.toList();
      }
    }

    public static void main(String[] arguments) throws IOException {
      Path disk = Path.of(arguments[0]);
      CheckpointProgram program = new CheckpointProgram(disk);
      try (VqVae model = Shapes.model(1, 3);
          VqVae expected = Shapes.model(1, 3)) {
        RunFolder files = RunFolder.in(disk.resolve("run")).modelEvery(Duration.ZERO);
        TrainingReport report =
            trainer(model)
                .listener(atStepEnd(program::fillAfter))
                .listener(files)
                .listener(atStepEnd(program::checkAfter))
                .fit(TRAIN);
        assertEquals(PAGES + 3, report.last().step());
        assertMessageContains(files.failure().orElseThrow(), "No space left");
        trainer(expected).fit(TRAIN);
        States.assertSame(States.of(expected), States.of(model));
      }
      assertTrue(program.missing.size() > 10, () -> "did not fit after " + program.missing);
      assertTrue(program.written.size() > 10, () -> "fitted after " + program.written);
      assertEquals(2, program.files().size(), "no temporary files");
    }
  }

  @Test
  void previousCheckpointRemains() throws Exception {
    assertSucceeds(CheckpointProgram.class);
  }

  /** Rows that do not fit, as such or because of a new column, are not written in part. */
  static final class MetricsProgram {
    private MetricsProgram() {}

    public static void main(String[] arguments) throws IOException {
      Path disk = Path.of(arguments[0]);
      Path file = disk.resolve("metrics.csv");
      MetricsTable table = new MetricsTable(file);
      table.add(1, List.of(new Metric("loss", 1)));
      for (int free = 0; free < 5; free++) {
        fill(disk, free);
        IOException full =
            assertThrows(
                IOException.class,
                () -> {
                  for (long step = 2; step < 100_000; step++) {
                    table.add(step, List.of(new Metric("loss", 1.0 / step)));
                  }
                });
        assertMessageContains(full, "No space left");
        assertEquals(1 + table.rows(), MetricsTableTest.read(file).size());
        byte[] before = Files.readAllBytes(file);
        Metric added = new Metric("new" + free, 1);
        assertThrows(IOException.class, () -> table.add(7, List.of(added)));
        assertArrayEquals(before, Files.readAllBytes(file));
        Files.delete(disk.resolve("filler"));
        table.add(7, List.of(added));
        assertEquals(1 + table.rows(), MetricsTableTest.read(file).size());
      }
      try (Stream<Path> files = Files.list(disk)) {
        assertEquals(List.of(file), files.toList());
      }
    }
  }

  @Test
  void tableOfMetricsHasNoPartOfARow() throws Exception {
    assertSucceeds(MetricsProgram.class);
  }
}
