package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One side of a comparison of docs/benchmarks-cores.md.
 *
 * @param name the name in the tables
 * @param workload what it measures
 * @param starter starts its processes
 */
record Contender(String name, Workload workload, Starter starter) {
  /** Starts processes that can take turns. */
  interface Starter {
    Running start() throws IOException;
  }

  /** Returns a single process. */
  static Contender of(
      ProcessLauncher launcher, Configuration configuration, Backend backend, Workload workload) {
    return new Contender(
        configuration.name() + (backend.isLibtorch() ? ", " + backend.layout() : ""),
        workload,
        () -> launcher.child(configuration, backend, workload, launcher.natives(backend)));
  }

  /** Returns a process of this library with default settings. */
  static Contender vqvae4j(ProcessLauncher launcher, Workload workload) {
    return of(launcher, Configuration.VQVAE4J, Backend.OURS, workload);
  }

  /**
   * Returns the machine's limit: as many one-threaded processes of this library as cores, all at
   * once, which share the batch.
   */
  static Contender limit(ProcessLauncher launcher, Workload workload, int cores) {
    int processes = Math.min(cores, workload.batch());
    List<Workload> shares =
        IntStream.range(0, processes)
            .map(i -> workload.batch() / processes + (i < workload.batch() % processes ? 1 : 0))
            .mapToObj(workload::withBatch)
            .toList();
    return new Contender("limit", workload, () -> Team.start(launcher, shares));
  }

  /** Returns a process of this library beside one that keeps a core busy during each turn. */
  static Contender besideBusyProcess(ProcessLauncher launcher, Workload workload) {
    Starter quiet = vqvae4j(launcher, workload).starter();
    return new Contender(
        "beside a busy process", workload, () -> new BesideBusyProcess(launcher, quiet.start()));
  }

  /** Returns the same contender under another name. */
  Contender named(String newName) {
    return new Contender(newName, workload, starter);
  }

  @Override
  public String toString() {
    return name;
  }
}
