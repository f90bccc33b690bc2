package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.vae.Vae;

/** Names of loss terms as they are written in text. */
final class LossName {
  private LossName() {}

  /** Returns the name of a term, such as "KL divergence" for "kl". */
  static String of(String term) {
    int slash = term.lastIndexOf('/');
    if (slash >= 0) { // a term of one of several quantizers
      return term.substring(0, slash) + " " + of(term.substring(slash + 1));
    }
    return switch (term) {
      case Vae.KL -> "KL divergence";
      case ReconstructionLoss.NAME -> "reconstruction error";
      default -> term + " loss";
    };
  }
}
