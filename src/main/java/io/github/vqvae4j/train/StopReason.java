package io.github.vqvae4j.train;

/** Why a training run ended. */
public enum StopReason {
  /** All its steps were made. */
  MAX_STEPS,

  /** No evaluation was better than the best for as long as {@link Trainer#stopEarly} allowed. */
  EARLY_STOPPING,

  /** The thread was interrupted, or the process asked to end (Ctrl-C, SIGTERM). */
  INTERRUPTED
}
