package io.github.vqvae4j.train;

import java.util.List;
import java.util.function.Consumer;

/**
 * The listeners of a training run. Every listener is notified of the end or failure of the run,
 * even if other listeners throw.
 */
final class TrainingListeners {
  private final List<TrainingListener> all;

  TrainingListeners(List<TrainingListener> all) {
    this.all = List.copyOf(all);
  }

  /** Notifies the listeners in order. An exception ends the notification. */
  void forEach(Consumer<TrainingListener> notification) {
    all.forEach(notification);
  }

  /** Calls {@code onEnd} on every listener, then rethrows the first exception, if any. */
  void onEnd(TrainingRun run, TrainingReport report) {
    Throwable failure = null;
    for (TrainingListener listener : all) {
      try {
        listener.onEnd(run, report);
      } catch (RuntimeException | Error e) {
        if (failure == null) {
          failure = e;
        } else {
          suppress(e, failure);
        }
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure != null) {
      throw (RuntimeException) failure;
    }
  }

  /** Calls {@code onFailure} on every listener; their exceptions are added as suppressed. */
  void onFailure(TrainingRun run, Throwable failure) {
    for (TrainingListener listener : all) {
      try {
        listener.onFailure(run, failure);
      } catch (RuntimeException | Error e) {
        suppress(e, failure);
      }
    }
  }

  private static void suppress(Throwable later, Throwable failure) {
    if (later != failure) {
      failure.addSuppressed(later);
    }
  }
}
