package io.github.vqvae4j.quantize;

import io.github.vqvae4j.nn.LossTerm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sums of loss terms of equal names and weights, those of the parts of a quantizer. */
final class LossTerms {
  private final Map<String, LossTerm> sums = new LinkedHashMap<>();

  /** Adds the terms of a part. */
  void add(List<LossTerm> terms) {
    terms.forEach(term -> sums.merge(term.name(), term, LossTerms::sum));
  }

  private static LossTerm sum(LossTerm sum, LossTerm next) {
    if (sum.weight() != next.weight()) {
      throw new IllegalStateException(
          "ResidualQuantizer: expected the same weight of the loss term "
              + sum.name()
              + " in all stages, got "
              + sum.weight()
              + " and "
              + next.weight()
              + ". Set the same weight in the settings of all stages.");
    }
    return new LossTerm(sum.name(), sum.value().add(next.value()), sum.weight());
  }

  /** Returns the sums, multiplied by a factor. */
  List<LossTerm> times(double factor) {
    List<LossTerm> terms = new ArrayList<>();
    for (LossTerm sum : sums.values()) {
      terms.add(new LossTerm(sum.name(), sum.value().mul(factor), sum.weight()));
    }
    return List.copyOf(terms);
  }
}
