package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One-threaded processes of this library that measure at the same time: the same signal begins a
 * turn of all. Their images per second, and their memory, add up.
 */
final class Team implements Running {
  private final List<Workload> shares;
  private final List<ChildProcess> processes;

  private Team(List<Workload> shares, List<ChildProcess> processes) {
    this.shares = shares;
    this.processes = processes;
  }

  /**
   * Starts the processes and waits for the first repetition of all.
   *
   * @param shares the workload of each process
   * @throws IOException if a process cannot be started or fails
   */
  static Team start(ProcessLauncher launcher, List<Workload> shares) throws IOException {
    List<Process> started = new ArrayList<>();
    try {
      for (Workload share : shares) {
        started.add(
            launcher.start(
                Configuration.VQVAE4J.oneThread(),
                Backend.OURS,
                share,
                launcher.natives(Backend.OURS)));
      }
      List<ChildProcess> processes = new ArrayList<>();
      for (Process process : started) {
        processes.add(new ChildProcess(process));
      }
      return new Team(shares, processes);
    } catch (IOException e) {
      started.forEach(Process::destroy);
      throw e;
    }
  }

  /**
   * Runs a turn of all processes.
   *
   * @return an outcome whose seconds are those that the team needs for all of its images
   */
  @Override
  public ChildProcess.Outcome turn(double seconds) throws IOException {
    for (ChildProcess process : processes) {
      process.begin(seconds);
    }
    int images = 0;
    double imagesPerSecond = 0;
    double mebibytes = 0;
    long finishedAt = 0;
    double sinceStart = 0;
    for (int i = 0; i < processes.size(); i++) {
      ChildProcess.Outcome outcome = processes.get(i).read();
      images += shares.get(i).images();
      imagesPerSecond += shares.get(i).images() / outcome.measurement().seconds();
      mebibytes += outcome.measurement().peakMebibytes();
      finishedAt = Math.max(finishedAt, outcome.measurement().finishedAt());
      sinceStart = Math.max(sinceStart, outcome.secondsSinceStart());
    }
    return new ChildProcess.Outcome(
        new Measurement(images / imagesPerSecond, mebibytes, finishedAt), sinceStart);
  }

  @Override
  public void close() throws IOException {
    for (ChildProcess process : processes) {
      process.close();
    }
  }
}
