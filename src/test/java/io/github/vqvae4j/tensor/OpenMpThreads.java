package io.github.vqvae4j.tensor;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** OpenMP's threads for the calling thread. */
public final class OpenMpThreads {
  private OpenMpThreads() {}

  /** Does some work with another number of them. */
  public static void with(int number, Runnable work) {
    Nd4j.getBackend();
    NativeOps operations = NativeOpsHolder.getInstance().getDeviceNativeOps();
    int before = operations.ompGetMaxThreads();
    operations.setOmpNumThreads(number);
    try {
      work.run();
    } finally {
      operations.setOmpNumThreads(before);
    }
  }
}
