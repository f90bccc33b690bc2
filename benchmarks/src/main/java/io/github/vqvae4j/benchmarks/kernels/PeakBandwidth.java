package io.github.vqvae4j.benchmarks.kernels;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * The peak memory rate at the memory sizes of the kernels. Each thread processes its own arrays
 * without synchronization.
 */
@State(Scope.Thread)
@Threads(Threads.MAX)
public class PeakBandwidth {
  private static final float FACTOR = 1e-3f;

  /** The total memory of all threads. {@link KernelRun} sets it to the sizes of the kernels. */
  @Param({"4096"})
  public int kibibytes;

  private float[] a;
  private float[] b;
  private float[] c;
  private int half;
  private int third;

  /** Allocates the arrays. */
  @Setup(Level.Trial)
  public void setUp() {
    int floats = kibibytes * (1024 / Float.BYTES) / Runtime.getRuntime().availableProcessors();
    half = floats / 2;
    third = floats / 3;
    a = NativeArray.randomFloats(half);
    b = NativeArray.randomFloats(half);
    c = NativeArray.randomFloats(third);
  }

  /** Computes a = b: two arrays, each accessed once. */
  @Benchmark
  public void copy() {
    System.arraycopy(b, 0, a, 0, half);
  }

  /** Computes a = b + s c: three arrays, each accessed once. */
  @Benchmark
  public void triad() {
    for (int i = 0; i < third; i++) {
      a[i] = b[i] + FACTOR * c[i];
    }
  }

  /** Computes a += s b: two arrays, of which a is read and written. */
  @Benchmark
  public void update() {
    for (int i = 0; i < half; i++) {
      a[i] += FACTOR * b[i];
    }
  }
}
