package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.PixelCnnConfig;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;
import org.slf4j.Logger;

/**
 * Computes the surprise of codes: their negative log-probability under a prior, given the codes
 * before them.
 *
 * @param prior a prior over the codes of the model, not conditioned on anything
 */
record CodeSurprise(PixelCnn prior) {
  private static final Logger LOG = Log.of(AnomalyDetector.class);

  /**
   * Checks that a prior is one over the codes of a model, and usable without a condition.
   *
   * @throws IllegalArgumentException if it is not
   */
  static CodeSurprise of(VqVae model, PixelCnn prior) {
    PixelCnnConfig config = prior.config();
    Codebooks codebooks = model.quantizer().codebooks();
    if (codebooks.count() != 1 || codebooks.sizes().get(0) != config.codebookSize()) {
      throw mismatch(
          "a prior over the codes of the model, "
              + codebooks
              + ", got one for a single codebook of "
              + config.codebookSize(),
          "Train a prior on the codes of this model: PixelCnn.forCodesOf(model)");
    }
    prior
        .modelHash()
        .filter(hash -> !hash.equals(model.weightHash()))
        .ifPresent(
            hash -> {
              throw mismatch(
                  "a prior trained on the codes of this model, whose weights have the hash "
                      + model.weightHash()
                      + ", got one for a model with the hash "
                      + hash,
                  "Load the model that the prior was trained for, or train a prior on the codes of"
                      + " this model; further training of a model changes its hash");
            });
    if (config.conditionCodebookSize() > 0) {
      throw mismatch(
          "a prior without a condition, got one that is conditioned on another code map",
          "Train a prior without conditionCodebookSize");
    }
    if (config.classes() > 0 && config.classDropout() == 0) {
      throw mismatch(
          "a prior that does not need the class of an image, which is unknown for anomalies, got"
              + " one of "
              + config.classes()
              + " classes",
          "Train a prior without classes, or with classDropout(0.1)");
    }
    return new CodeSurprise(prior);
  }

  /** Warns if a prior may be untrained or one for another model. */
  static void warnIfOfUnknownModel(PixelCnn prior) {
    if (prior.modelHash().isEmpty()) {
      LOG.warn(
          "The prior does not name the model whose codes it was trained on: it is untrained, or its"
              + " training codes had no hash. With codes of another model, the surprise means"
              + " nothing. Train it on codes of this model, as returned by encode.");
    }
  }

  private static IllegalArgumentException mismatch(String fault, String remedy) {
    return new IllegalArgumentException("AnomalyDetector: expected " + fault + ". " + remedy + ".");
  }

  /**
   * Returns -ln p(code | codes before it) of each code, computed in double as in {@link
   * PixelCnn#logProb}.
   *
   * @param codes INT [b, h, w]
   * @return DOUBLE [b, h, w]
   */
  Tensor of(Tensor codes) {
    long height = codes.size(1);
    long width = codes.size(2);
    PixelCnnConfig config = prior.config();
    if (config.height() > 0 && (config.height() != height || config.width() != width)) {
      throw mismatch(
          "images of "
              + config.height()
              + "x"
              + config.width()
              + " codes, the size that the prior was trained on, got "
              + height
              + "x"
              + width,
          "Use images of the size that the prior was trained for, or train a prior on codes of"
              + " this size");
    }
    return prior
        .logits(codes, Condition.NONE)
        .to(DType.DOUBLE)
        .logSoftmax(-1)
        .gather(-1, codes.reshape(-1, height, width, 1))
        .reshape(-1, height, width)
        .neg();
  }
}
