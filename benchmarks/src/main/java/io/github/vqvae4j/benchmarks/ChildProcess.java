package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/** The parent's view of a running {@link Child}, or of another process with its protocol. */
final class ChildProcess implements Running {
  private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

  private final long start = System.currentTimeMillis();
  private final Process process;
  private final BufferedReader output;
  private final Writer input;
  private final Outcome first;

  /** A measurement with the time from the start of the process to its end. */
  record Outcome(Measurement measurement, double secondsSinceStart) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1f ms, %.0f MiB, %.1f s after process start",
          measurement.seconds() * 1e3,
          measurement.peakMebibytes(),
          secondsSinceStart);
    }
  }

  /**
   * Waits for the first repetition of a process that was just started.
   *
   * @throws IOException if the process fails
   */
  ChildProcess(Process process) throws IOException {
    this.process = process;
    output = process.inputReader();
    input = process.outputWriter();
    first = read();
  }

  /** Returns the outcome of the first repetition. */
  Outcome first() {
    return first;
  }

  @Override
  public Outcome turn(double seconds) throws IOException {
    begin(seconds);
    return read();
  }

  /**
   * Begins a turn without waiting for its end.
   *
   * @throws IOException if the process has exited
   */
  void begin(double seconds) throws IOException {
    input.write(seconds + "\n");
    input.flush();
  }

  /**
   * Waits for the end of the turn.
   *
   * @throws IOException if the process fails
   */
  Outcome read() throws IOException {
    String line;
    do {
      line = output.readLine();
      if (line == null) {
        throw new IOException(
            "The process exited early with code " + ProcessLauncher.waitFor(process));
      }
      // Libraries print to standard output, too.
    } while (!line.startsWith("{"));
    Measurement measurement = GSON.fromJson(line, Measurement.class);
    return new Outcome(measurement, (measurement.finishedAt() - start) / 1e3);
  }

  @Override
  public void close() throws IOException {
    input.close();
    ProcessLauncher.waitFor(process);
  }
}
