package io.github.vqvae4j.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** Images per second of the steps alone. */
final class Stopwatch {
  /** Steps that the recent rate looks back on. */
  private static final int RECENT = 20;

  private record Lap(long nanos, int images) {}

  private final Deque<Lap> recent = new ArrayDeque<>();
  private long nanos;
  private long images;
  private long begin;

  void start() {
    begin = System.nanoTime();
  }

  void stop(int imagesOfStep) {
    long lap = System.nanoTime() - begin;
    nanos += lap;
    images += imagesOfStep;
    recent.addLast(new Lap(lap, imagesOfStep));
    if (recent.size() > RECENT) {
      recent.removeFirst();
    }
  }

  double recentRate() {
    long time = recent.stream().mapToLong(Lap::nanos).sum();
    long count = recent.stream().mapToLong(Lap::images).sum();
    return count * 1e9 / time;
  }

  double rate() {
    return images * 1e9 / nanos;
  }
}
