package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs configurations on several workloads and collects the failures. */
final class Runner {
  private final ProcessLauncher launcher;
  private final Durations durations;
  private final List<String> failures = new ArrayList<>();

  /** Creates a runner. */
  Runner(ProcessLauncher launcher, Durations durations) {
    this.launcher = launcher;
    this.durations = durations;
  }

  /** Measures warmed-up processes that take turns. */
  Rounds warm(Workload workload, List<Configuration> configurations) throws IOException {
    return collectFailures(Rounds.warm(launcher, workload, configurations, durations, System.out));
  }

  /**
   * Measures the first repetition of new processes.
   *
   * @param extractNatives whether each process has to extract its native libraries
   */
  Rounds startups(Workload workload, List<Configuration> configurations, boolean extractNatives)
      throws IOException {
    return collectFailures(
        Rounds.startups(launcher, workload, configurations, durations, extractNatives, System.out));
  }

  private Rounds collectFailures(Rounds rounds) {
    failures.addAll(rounds.failures());
    return rounds;
  }

  /** Returns the failed configurations with their workloads. */
  List<String> failures() {
    return List.copyOf(failures);
  }
}
