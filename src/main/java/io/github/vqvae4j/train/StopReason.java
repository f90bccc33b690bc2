package io.github.vqvae4j.train;

/** The reason why a training run ended. */
public enum StopReason {
  /** All steps were completed. */
  MAX_STEPS,

  /** Evaluations stopped improving; see {@link Trainer#stopEarly}. */
  EARLY_STOPPING,

  /** The thread was interrupted, or the process received Ctrl-C or SIGTERM. */
  INTERRUPTED
}
