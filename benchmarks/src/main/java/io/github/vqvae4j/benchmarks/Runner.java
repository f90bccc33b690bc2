package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs contenders on one setting after another, and keeps what failed. */
final class Runner {
  private final Processes processes;
  private final Lengths lengths;
  private final List<String> failures = new ArrayList<>();

  /** A runner that takes about as long as told. */
  Runner(Processes processes, Lengths lengths) {
    this.processes = processes;
    this.lengths = lengths;
  }

  /** Measures warm processes in turn. */
  Rounds turns(Setting setting, List<Contender> contenders) throws IOException {
    return kept(Rounds.ofTurns(processes, setting, contenders, lengths, System.out));
  }

  /**
   * Measures starts of processes.
   *
   * @param cold whether no process finds extracted natives
   */
  Rounds starts(Setting setting, List<Contender> contenders, boolean cold) throws IOException {
    return kept(Rounds.ofStarts(processes, setting, contenders, lengths, cold, System.out));
  }

  private Rounds kept(Rounds rounds) {
    failures.addAll(rounds.failures());
    return rounds;
  }

  /** Who failed in what. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
