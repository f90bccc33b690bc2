package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.parallel.Threads;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;

/**
 * Chooses the kernels, once per JVM: oneDNN if its natives are available, otherwise ND4J. The
 * system property {@code vqvae4j.kernels} set to {@code onednn} or {@code nd4j} overrides the
 * choice.
 */
public final class KernelChoice {
  /** The system property that overrides the choice. */
  public static final String PROPERTY = "vqvae4j.kernels";

  private static final String ADD_NATIVES =
      "add org.bytedeco:dnnl, org.bytedeco:opencl and org.bytedeco:javacpp with the classifier of"
          + " this platform, "
          + Loader.getPlatform();

  private static final Logger LOG = Log.of(KernelChoice.class);
  private static final Kernels ND4J = new Nd4jKernels();
  private static Kernels chosen;

  private KernelChoice() {}

  /**
   * Returns the kernels for float tensors.
   *
   * @throws IllegalArgumentException if the system property has an invalid value
   * @throws IllegalStateException if the natives cannot be loaded or their versions are mixed
   */
  public static synchronized Kernels forFloat() {
    // Not in a static initializer, which would wrap the exception and throw it only once.
    if (chosen == null) {
      chosen = choose(System.getProperty(PROPERTY, "auto"));
    }
    return chosen;
  }

  /** Returns the kernels for double tensors, which are always ND4J's. */
  public static Kernels forDouble() {
    return ND4J;
  }

  static Kernels choose(String setting) {
    Natives.load();
    limitOthers();
    return switch (setting) {
      case "nd4j" -> {
        LOG.debug("Kernels: ND4J (selected by {}=nd4j).", PROPERTY);
        yield ND4J;
      }
      case "onednn" -> {
        try {
          yield oneDnn();
        } catch (LinkageError e) {
          throw new IllegalStateException(
              PROPERTY + "=onednn, but oneDNN could not be loaded: " + ADD_NATIVES, e);
        }
      }
      case "auto" -> {
        try {
          yield oneDnn();
        } catch (LinkageError e) {
          LOG.debug("oneDNN could not be loaded", e);
          LOG.warn(
              "Kernels: ND4J (oneDNN's natives are missing; training is 2 to 3 times faster with"
                  + " them: {}).",
              ADD_NATIVES);
          yield ND4J;
        }
      }
      default ->
          throw new IllegalArgumentException(
              "System property "
                  + PROPERTY
                  + ": expected auto, onednn or nd4j, got \""
                  + setting
                  + "\".");
    };
  }

  private static Kernels oneDnn() {
    Kernels kernels = new OneDnnKernels();
    LOG.debug("Kernels: {}.", kernels.name());
    return kernels;
  }

  /**
   * Restricts ND4J's own operations and OpenBLAS to the calling thread. Their threads busy-wait on
   * cores that other threads of the library need, and cannot be limited for single threads.
   */
  private static void limitOthers() {
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.getEnvironment().setMaxThreads(1);
    openblas.blas_set_num_threads(1);
    LOG.info(
        "ND4J's own operations and OpenBLAS are limited to one thread in this process: they cannot"
            + " be limited per thread, and would take the cores of vqvae4j's threads ({}).",
        Threads.count());
  }
}
