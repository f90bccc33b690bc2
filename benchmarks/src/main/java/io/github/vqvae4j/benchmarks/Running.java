package io.github.vqvae4j.benchmarks;

import java.io.IOException;

/** A started process, or several, that take turns with others. */
interface Running extends AutoCloseable {
  /**
   * Runs a turn and waits for its end.
   *
   * @param seconds the minimum length of the turn, which has at least 3 repetitions
   * @return the outcome
   * @throws IOException if a process fails
   */
  ChildProcess.Outcome turn(double seconds) throws IOException;

  /** Ends the processes and waits for their exit. */
  @Override
  void close() throws IOException;
}
