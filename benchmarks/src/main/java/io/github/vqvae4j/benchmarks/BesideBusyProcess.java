package io.github.vqvae4j.benchmarks;

import java.io.IOException;

/** A process whose turns take place beside a {@link BusyLoop}, a process that keeps a core busy. */
final class BesideBusyProcess implements Running {
  private final ProcessLauncher launcher;
  private final Running process;

  /** Creates the view of a running process. */
  BesideBusyProcess(ProcessLauncher launcher, Running process) {
    this.launcher = launcher;
    this.process = process;
  }

  @Override
  public ChildProcess.Outcome turn(double seconds) throws IOException {
    Process busy = launcher.startBusyLoop();
    try {
      if (busy.inputReader().readLine() == null) {
        throw new IOException(
            "The busy process exited early with code " + ProcessLauncher.waitFor(busy));
      }
      return process.turn(seconds);
    } finally {
      busy.destroy();
      ProcessLauncher.waitFor(busy);
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
  }
}
