package io.github.vqvae4j.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/** A running {@link Child}, seen from outside. */
final class ChildProcess implements AutoCloseable {
  private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

  private final long begin = System.currentTimeMillis();
  private final Process process;
  private final BufferedReader output;
  private final Writer input;
  private final Outcome first;

  /** A measurement, and the time from the start of the process until it was done. */
  record Outcome(Measurement measurement, double secondsFromStart) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.1f ms, %.0f MiB, %.1f s after its start",
          measurement.seconds() * 1e3,
          measurement.peakMebibytes(),
          secondsFromStart);
    }
  }

  /**
   * A process that was just started; waits for its first repetition.
   *
   * @throws IOException if it fails
   */
  ChildProcess(Process process) throws IOException {
    this.process = process;
    output = process.inputReader();
    input = process.outputWriter();
    first = read();
  }

  /** The first repetition. */
  Outcome first() {
    return first;
  }

  /**
   * Has it repeat for some seconds, and at least 3 times, while we wait.
   *
   * @throws IOException if it fails
   */
  Outcome turn(double seconds) throws IOException {
    input.write(seconds + "\n");
    input.flush();
    return read();
  }

  private Outcome read() throws IOException {
    String line;
    do {
      line = output.readLine();
      if (line == null) {
        throw new IOException("it ended early with code " + Processes.exitValue(process));
      }
      // Libraries print too.
    } while (!line.startsWith("{"));
    Measurement measurement = GSON.fromJson(line, Measurement.class);
    return new Outcome(measurement, (measurement.finishedAt() - begin) / 1e3);
  }

  /** Lets it end, and waits for that. */
  @Override
  public void close() throws IOException {
    input.close();
    Processes.exitValue(process);
  }
}
