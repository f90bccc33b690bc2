package io.github.vqvae4j.train;

import java.util.ArrayDeque;
import java.util.Deque;

/** Measures the throughput of training steps in images per second. */
final class Stopwatch {
  /** The number of steps in the recent throughput. */
  private static final int RECENT_STEPS = 20;

  private record Lap(long nanos, int images) {}

  private final Deque<Lap> recent = new ArrayDeque<>();
  private long nanos;
  private long images;
  private long start;

  void start() {
    start = System.nanoTime();
  }

  void stop(int stepImages) {
    long lap = System.nanoTime() - start;
    nanos += lap;
    images += stepImages;
    recent.addLast(new Lap(lap, stepImages));
    if (recent.size() > RECENT_STEPS) {
      recent.removeFirst();
    }
  }

  double recentImagesPerSecond() {
    long time = recent.stream().mapToLong(Lap::nanos).sum();
    long count = recent.stream().mapToLong(Lap::images).sum();
    return count * 1e9 / time;
  }

  double imagesPerSecond() {
    return images * 1e9 / nanos;
  }
}
