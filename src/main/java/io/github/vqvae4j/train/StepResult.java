package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The metrics of a step, copied before its memory is released. */
record StepResult(
    List<TermReport> terms,
    double loss,
    CodeUsage usage,
    double learningRate,
    double gradientNorm) {
  static StepResult of(List<LossTerm> terms, Tensor total, CodeUsage usage) {
    return new StepResult(
        terms.stream()
            .map(term -> new TermReport(term.name(), term.value().item(), term.weight()))
            .toList(),
        total.item(),
        usage,
        0,
        0);
  }

  /** Combines the results of batches of equal size: means of the terms, sums of the code usage. */
  static StepResult mean(List<StepResult> results) {
    StepResult first = results.get(0);
    List<TermReport> terms = new ArrayList<>();
    for (int i = 0; i < first.terms.size(); i++) {
      int index = i;
      TermReport term = first.terms.get(i);
      double value =
          results.stream().mapToDouble(r -> r.terms.get(index).value()).average().orElseThrow();
      terms.add(new TermReport(term.name(), value, term.weight()));
    }
    return new StepResult(
        List.copyOf(terms),
        results.stream().mapToDouble(StepResult::loss).average().orElseThrow(),
        results.stream().map(StepResult::usage).reduce(CodeUsage::plus).orElseThrow(),
        0,
        0);
  }

  /** Returns a copy with the learning rate and gradient norm of the update. */
  StepResult withUpdate(double newLearningRate, double newGradientNorm) {
    return new StepResult(terms, loss, usage, newLearningRate, newGradientNorm);
  }

  /** Throws a DivergenceException if a term or the loss is not finite. */
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
    return new StepReport(
        step, steps, terms, loss, learningRate, gradientNorm, usage, windowUsage, imagesPerSecond);
  }
}
