package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the listeners of a run remember, in a checkpoint. A listener is found again by the simple
 * name of its class, and its position among those of the same name.
 */
final class ListenerStates {
  private static final String PREFIX = "listener/";

  private ListenerStates() {}

  static void save(List<TrainingListener> listeners, SavedState state) {
    named(listeners).forEach((name, listener) -> state.putAll(name, listener.state()));
  }

  /** Restores the listeners that the checkpoint knows. */
  static void restore(List<TrainingListener> listeners, SavedState state) throws BadFileException {
    for (Map.Entry<String, TrainingListener> entry : named(listeners).entrySet()) {
      Map<String, NamedArray> saved = state.under(entry.getKey());
      try {
        if (!saved.isEmpty()) {
          entry.getValue().restore(saved);
        }
      } catch (IllegalArgumentException e) {
        throw state.bad(entry.getKey(), e.getMessage(), e);
      }
    }
  }

  private static Map<String, TrainingListener> named(List<TrainingListener> listeners) {
    Map<String, Integer> counts = new HashMap<>();
    Map<String, TrainingListener> named = new LinkedHashMap<>();
    for (TrainingListener listener : listeners) {
      String name = listener.getClass().getSimpleName();
      named.put(PREFIX + name + "/" + counts.merge(name, 1, Integer::sum) + "/", listener);
    }
    return named;
  }
}
