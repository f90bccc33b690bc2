package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import java.util.List;

/** Moves parameters along their gradients. It keeps state for each; use one for one model. */
public interface Optimizer {
  /**
   * One update.
   *
   * @param parameters all that shall move; those without a gradient in this step stay
   * @param step where {@code backward} found their gradients
   */
  void update(List<Parameter> parameters, Step step);
}
