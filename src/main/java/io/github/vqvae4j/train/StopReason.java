package io.github.vqvae4j.train;

/** The reason why a training run ended. */
public enum StopReason {
  /** All steps were completed. */
  MAX_STEPS,

  /** The time limit was reached; see {@link Trainer#maxTime}. */
  MAX_TIME,

  /** The stream of training data ended. */
  END_OF_DATA,

  /** Evaluations stopped improving; see {@link Trainer#stopEarly}. */
  EARLY_STOPPING,

  /** A listener called {@link TrainingRun#stop}. */
  STOPPED,

  /** The thread was interrupted, or the process received Ctrl-C or SIGTERM. */
  INTERRUPTED
}
