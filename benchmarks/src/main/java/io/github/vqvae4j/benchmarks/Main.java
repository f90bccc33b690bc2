package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.benchmarks.report.Page;
import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs everything and writes the page. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures vqvae4j beside libtorch, in turn, in processes of their own.")
public final class Main implements Callable<Integer> {
  private static final List<Contender> PEERS =
      List.of(Contender.OURS, Contender.LIBTORCH, Contender.LIBTORCH_TUNED);
  private static final List<Contender> PEERS_AND_FLOOR =
      List.of(Contender.OURS, Contender.LIBTORCH, Contender.LIBTORCH_TUNED, Contender.FLOOR);
  private static final List<Contender> TUNED = List.of(Contender.OURS, Contender.LIBTORCH_TUNED);
  private static final String COMMAND = "mvn -q install -Pquick && mvn -q -f benchmarks";

  @Option(names = "--rounds", description = "Processes of each kind. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--quick", description = "One short round, to see that it works.")
  private boolean quick;

  @Option(
      names = "--scaling",
      description = "How time grows with batch, codebook and image size, instead of the rest.")
  private boolean scaling;

  @Option(names = "--output", description = "Folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  private final List<Row> rows = new ArrayList<>();
  private ChildProcess processes;

  private Main() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    double warmUp = quick ? 0.2 : 3;
    double measured = quick ? 0.2 : 4;
    rounds = quick ? 1 : rounds;
    Path folder = Files.createTempDirectory("benchmarks");
    processes = new ChildProcess(warmUp, measured, folder);
    String check = PeerCheck.run(processes);
    System.out.println(check);
    if (scaling) {
      scaling();
    } else {
      suite();
    }
    String how =
        String.format(
            Locale.ROOT,
            "The model is `sonnet-cifar10`. Each number is the median of %d round%s, a process each, one after"
                + " another in turn (ours, libtorch in two layouts, ours, ..); each process warms up"
                + " for %.1f s, then takes the median repetition of %.1f s. `ratio` is the median"
                + " of ours / theirs in the same round: above 1 is faster in images/s, below 1 is"
                + " less in MiB and s. Of libtorch's layouts the better one counts, row by row."
                + " `libtorch-tuned` has OPENBLAS_THREAD_TIMEOUT=4 in its environment; ours has no"
                + " variable set. The floor: the model's convolutions alone, forward or forward and"
                + " backward, in oneDNN's fastest form, hot, in a loop. %s",
            rounds,
            rounds == 1 ? "" : "s",
            warmUp,
            measured,
            check);
    new Page(Machine.here(), rows)
        .write(
            output,
            scaling ? "benchmarks-scaling" : "benchmarks",
            COMMAND + (scaling ? " -Dargs=--scaling" : ""),
            how);
    delete(folder);
    return 0;
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private void suite() throws IOException {
    for (int batch : new int[] {32, 128}) {
      Rounds training = run(Setting.of(Task.TRAINING, batch), PEERS_AND_FLOOR);
      rows.addAll(training.rows(Task.TRAINING.text(), Quantity.IMAGES_PER_SECOND));
      if (batch == 128) {
        rows.addAll(
            training.rows("peak resident memory, training", Quantity.MEBIBYTES).stream()
                .filter(row -> !row.peer().equals(Contender.FLOOR.name()))
                .toList());
      }
    }
    for (int batch : new int[] {1, 32, 128}) {
      speed(Setting.of(Task.RECONSTRUCTION, batch), PEERS_AND_FLOOR);
    }
    for (Task task : new Task[] {Task.ENCODING, Task.DECODING}) {
      for (int batch : new int[] {32, 128}) {
        speed(Setting.of(task, batch), PEERS);
      }
    }
    Setting first = Setting.of(Task.FIRST_STEP, 32);
    rows.addAll(run(first, PEERS).rows(first.task().text(), Quantity.SECONDS_FROM_START));
    List<Contender> asTheyCome = List.of(Contender.OURS, Contender.LIBTORCH);
    rows.addAll(
        new Rounds(processes, first, asTheyCome, rounds, true, System.out)
            .rows(first.task().text() + ", natives not extracted", Quantity.SECONDS_FROM_START));
  }

  private void scaling() throws IOException {
    for (int batch = 1; batch <= 512; batch *= 2) {
      speed(Setting.of(Task.TRAINING, batch), TUNED);
      speed(Setting.of(Task.RECONSTRUCTION, batch), TUNED);
    }
    for (int codes = 64; codes <= 65_536; codes *= 4) {
      speed(new Setting(Task.TRAINING, 32, codes, Setting.IMAGE_SIZE), TUNED);
    }
    for (int size = 32; size <= 256; size *= 2) {
      speed(new Setting(Task.TRAINING, 8, Setting.CODEBOOK_SIZE, size), TUNED);
    }
  }

  private void speed(Setting setting, List<Contender> contenders) throws IOException {
    rows.addAll(run(setting, contenders).rows(setting.task().text(), Quantity.IMAGES_PER_SECOND));
  }

  private Rounds run(Setting setting, List<Contender> contenders) throws IOException {
    return new Rounds(processes, setting, contenders, rounds, false, System.out);
  }
}
