package io.github.vqvae4j.benchmarks;

import java.io.IOException;

/**
 * The main class of a process that keeps one core busy: a thread multiplies in a loop until the end
 * of the input. It prints a line when it has started.
 */
public final class BusyLoop {
  /** A multiplier that keeps the product away from zero, infinity and denormal numbers. */
  private static final double FACTOR = 1.000_000_1;

  private static volatile double result;

  private BusyLoop() {}

  /**
   * Runs the loop.
   *
   * @param args none
   * @throws IOException if the input cannot be read
   */
  public static void main(String[] args) throws IOException {
    Thread loop = new Thread(BusyLoop::multiply, "busy");
    loop.setDaemon(true);
    loop.start();
    System.out.println("busy");
    while (System.in.read() >= 0) {
      // The parent writes nothing; it closes the stream.
    }
  }

  private static void multiply() {
    while (true) {
      double product = 1;
      for (int i = 0; i < 1_000_000; i++) {
        product *= FACTOR;
      }
      result = product;
    }
  }
}
