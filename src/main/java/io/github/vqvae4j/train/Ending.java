package io.github.vqvae4j.train;

/** Why a training run ended. */
public enum Ending {
  /** All its steps were made. */
  STEPS_MADE,

  /** No evaluation was better than the best for as long as {@link Trainer#stopEarly} allowed. */
  NO_BETTER_EVALUATION,

  /** The thread was interrupted, or the process asked to end (Ctrl-C, SIGTERM). */
  INTERRUPTED
}
