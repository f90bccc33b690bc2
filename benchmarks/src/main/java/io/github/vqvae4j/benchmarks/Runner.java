package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs contenders on one setting after another, and keeps what failed. */
final class Runner {
  private final ChildProcess processes;
  private final int rounds;
  private final List<String> failures = new ArrayList<>();

  /**
   * A runner.
   *
   * @param rounds processes of each contender on each setting
   */
  Runner(ChildProcess processes, int rounds) {
    this.processes = processes;
    this.rounds = rounds;
  }

  Rounds run(Setting setting, List<Contender> contenders) throws IOException {
    return run(setting, contenders, false);
  }

  /** As {@link #run(Setting, List)}, where no process finds extracted natives. */
  Rounds runCold(Setting setting, List<Contender> contenders) throws IOException {
    return run(setting, contenders, true);
  }

  private Rounds run(Setting setting, List<Contender> contenders, boolean cold) throws IOException {
    Rounds done = new Rounds(processes, setting, contenders, rounds, cold, System.out);
    failures.addAll(done.failures());
    return done;
  }

  /** Who failed in what. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
