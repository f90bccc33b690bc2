package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/** The figures of a step, copied out before its memory goes. */
record StepResult(List<TermReport> terms, double loss, CodeUsage usage) {
  static StepResult of(List<LossTerm> terms, Tensor total, CodeUsage usage) {
    return new StepResult(
        terms.stream()
            .map(term -> new TermReport(term.name(), term.value().item(), term.weight()))
            .toList(),
        total.item(),
        usage);
  }

  /** Throws if a term, or their sum, is NaN or infinite. */
  void checkFinite(long step) {
    for (TermReport term : terms) {
      if (!Double.isFinite(term.value())) {
        throw DivergenceException.inStep(step, "the " + term.name() + " term", term.value());
      }
    }
    if (!Double.isFinite(loss)) {
      throw DivergenceException.inStep(step, "the loss", loss);
    }
  }

  StepReport report(long step, long steps, CodeUsage windowUsage, double imagesPerSecond) {
    return new StepReport(step, steps, terms, loss, usage, windowUsage, imagesPerSecond);
  }
}
