package io.github.vqvae4j.tensor;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Controls the number of OpenMP threads of the calling thread. */
public final class OpenMpThreads {
  private OpenMpThreads() {}

  /** Runs work with a different number of threads. */
  public static void with(int threads, Runnable work) {
    Nd4j.getBackend();
    NativeOps operations = NativeOpsHolder.getInstance().getDeviceNativeOps();
    int before = operations.ompGetMaxThreads();
    operations.setOmpNumThreads(threads);
    try {
      work.run();
    } finally {
      operations.setOmpNumThreads(before);
    }
  }
}
