package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands in docs/benchmarks.md. */
final class Suite {
  private static final List<Contender> PEERS =
      List.of(Contender.LIBTORCH, Contender.LIBTORCH_TUNED);

  /** What the page says beside what is true of every page. */
  static final String HOW =
      "`vqvae4j-nd4j` is this library on ND4J's own kernels, as where oneDNN's natives are missing."
          + " The floor: the model's convolutions alone, forward or forward and backward, in"
          + " oneDNN's fastest form, hot, in a loop. GFLOP/s count convolutions and the search for"
          + " codes: 264 MFLOP an image in training, 91 in reconstruction (of the floor too, which"
          + " does not search). ";

  private final Runner runner;
  private final List<Row> speed = new ArrayList<>();
  private final List<Row> memory = new ArrayList<>();
  private final List<Row> start = new ArrayList<>();
  private final List<Row> floor = new ArrayList<>();
  private final List<Row> plain = new ArrayList<>();

  private Suite(Runner runner) {
    this.runner = runner;
  }

  /** Measures all of it. */
  static List<Section> run(Runner runner) throws IOException {
    Suite suite = new Suite(runner);
    suite.measure(Task.TRAINING, 32, Contender.FLOOR, Contender.OURS_ON_ND4J);
    suite.measure(Task.TRAINING, 128, Contender.FLOOR);
    for (int batch : new int[] {1, 32, 128}) {
      suite.measure(Task.RECONSTRUCTION, batch, Contender.FLOOR);
    }
    for (Task task : new Task[] {Task.ENCODING, Task.DECODING}) {
      suite.measure(task, 32);
      suite.measure(task, 128);
    }
    suite.start();
    return List.of(
        new Section("Speed beside libtorch", suite.speed),
        new Section("Speed beside the floor", suite.floor),
        new Section("Speed beside ND4J's own kernels", suite.plain),
        new Section("Peak resident memory", suite.memory),
        new Section("From the start of the process to the end of the first step", suite.start));
  }

  private void measure(Task task, int batch, Contender... others) throws IOException {
    Rounds rounds = runner.turns(Setting.of(task, batch), with(others));
    speed.addAll(rounds.rows(task.text(), Quantity.IMAGES_PER_SECOND, PEERS));
    memory.addAll(rounds.rows("peak resident memory, " + task.text(), Quantity.MEBIBYTES, PEERS));
    floor.addAll(rounds.rows(task.text(), Quantity.IMAGES_PER_SECOND, List.of(Contender.FLOOR)));
    plain.addAll(
        rounds.rows(task.text(), Quantity.IMAGES_PER_SECOND, List.of(Contender.OURS_ON_ND4J)));
  }

  private static List<Contender> with(Contender... others) {
    List<Contender> all = new ArrayList<>(List.of(Contender.OURS));
    all.addAll(PEERS);
    all.addAll(List.of(others));
    return all;
  }

  private void start() throws IOException {
    Setting first = Setting.of(Task.FIRST_STEP, 32);
    String name = first.task().text();
    start.addAll(
        runner.starts(first, with(), false).rows(name, Quantity.SECONDS_FROM_START, PEERS));
    start.addAll(
        runner
            .starts(first, List.of(Contender.OURS, Contender.LIBTORCH), true)
            .rows(name + ", natives not extracted", Quantity.SECONDS_FROM_START, PEERS));
  }
}
