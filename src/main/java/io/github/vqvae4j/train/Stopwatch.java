package io.github.vqvae4j.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** Measures the throughput of training steps in examples per second. */
final class Stopwatch {
  /** The number of steps in the recent throughput. */
  private static final int RECENT_STEPS = 20;

  private record Lap(long nanos, int examples) {}

  private final Deque<Lap> recent = new ArrayDeque<>();
  private long nanos;
  private long examples;
  private long start;

  /** Continues with the totals of an earlier run. */
  void resume(long earlierExamples, long earlierNanos) {
    examples = earlierExamples;
    nanos = earlierNanos;
  }

  long examples() {
    return examples;
  }

  long nanos() {
    return nanos;
  }

  void start() {
    start = System.nanoTime();
  }

  void stop(int stepExamples) {
    long lap = System.nanoTime() - start;
    nanos += lap;
    examples += stepExamples;
    recent.addLast(new Lap(lap, stepExamples));
    if (recent.size() > RECENT_STEPS) {
      recent.removeFirst();
    }
  }

  double recentExamplesPerSecond() {
    long time = recent.stream().mapToLong(Lap::nanos).sum();
    long count = recent.stream().mapToLong(Lap::examples).sum();
    return count * 1e9 / time;
  }

  double examplesPerSecond() {
    return examples * 1e9 / nanos;
  }
}
