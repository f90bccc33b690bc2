package io.github.vqvae4j.train;

import java.util.List;
import java.util.function.Consumer;

/**
 * All listeners of a run. That a run is over, or failed, each of them hears, whatever the others
 * throw.
 */
final class Listeners {
  private final List<TrainingListener> all;

  Listeners(List<TrainingListener> all) {
    this.all = List.copyOf(all);
  }

  /** Tells each until one throws. */
  void tell(Consumer<TrainingListener> what) {
    all.forEach(what);
  }

  /** Tells each that the run is over; throws what the first threw that did. */
  void end(TrainingReport report) {
    Throwable failure = null;
    for (TrainingListener listener : all) {
      try {
        listener.onEnd(report);
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

  /** Tells each of a failure; what they throw is suppressed in it. */
  void fail(Throwable failure, long step) {
    for (TrainingListener listener : all) {
      try {
        listener.onFailure(failure, step);
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
