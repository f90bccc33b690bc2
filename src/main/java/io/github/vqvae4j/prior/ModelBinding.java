package io.github.vqvae4j.prior;

import io.github.vqvae4j.quantize.Codes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The model whose codes a prior was trained on, known by the hash of its weights. Codes without a
 * hash fit any model.
 */
final class ModelBinding {
  private static final String STATE = "modelHash";

  /** Null if it is unknown. */
  private volatile String hash;

  Optional<String> hash() {
    return Optional.ofNullable(hash);
  }

  /** Binds the prior to a model. */
  void set(String newHash) {
    hash = newHash;
  }

  /** Binds the prior to the model of its training codes, unless it is bound. */
  void take(Codes training) {
    if (hash == null) {
      hash = training.modelHash().orElse(null);
    }
  }

  /** Throws if codes were encoded by another model. */
  void check(String caller, Codes codes) {
    String expected = hash;
    String actual = codes.modelHash().orElse(expected);
    if (expected != null && !expected.equals(actual)) {
      throw new IllegalArgumentException(
          caller
              + ": expected codes of the model with the hash "
              + expected
              + ", on whose codes this prior was trained, got codes of a model with the hash "
              + actual
              + ". It is a prior for another codebook: load the model that it was trained for, or"
              + " train a new prior. Further training of a model changes its hash; encode the images"
              + " again after it.");
    }
  }

  /** Returns codes with the hash of the model. */
  Codes bind(Codes codes) {
    String known = hash;
    return known == null ? codes : codes.withModelHash(known);
  }

  /** Returns the state for a checkpoint. */
  Map<String, String> state() {
    String known = hash;
    return known == null ? Map.of() : Map.of(STATE, known);
  }

  /** Sets the state to that of a checkpoint. */
  void restore(Map<String, String> state) {
    if (!Set.of(STATE).containsAll(state.keySet())) {
      throw new IllegalArgumentException(
          "PixelCnn.restoreTrainingState: expected the "
              + STATE
              + " of the training codes, got "
              + state.keySet()
              + ". Resume from a checkpoint of a gated PixelCNN.");
    }
    if (!state.isEmpty()) {
      hash = state.get(STATE);
    }
  }
}
