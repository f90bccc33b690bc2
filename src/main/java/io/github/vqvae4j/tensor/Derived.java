package io.github.vqvae4j.tensor;

import java.util.function.UnaryOperator;

/**
 * Weights made of weights, such as a kernel with zeros around it: a tensor that depends on one
 * variable alone. Steps that train compute it, with its gradient; others take what was computed
 * after the variable's last write.
 *
 * <p>As with a variable, many threads may use it; nobody may write its variable meanwhile.
 */
public final class Derived {
  private final Variable source;
  private final UnaryOperator<Tensor> formula;
  private Variable kept;

  /** Names the numbers that {@link #kept} was computed from. */
  private long stamp;

  /**
   * Says what to compute; nothing is computed yet.
   *
   * @param source the variable
   * @param formula what is made of it; it must give the same for the same numbers
   */
  public Derived(Variable source, UnaryOperator<Tensor> formula) {
    this.source = source;
    this.formula = formula;
  }

  /**
   * Returns it as a tensor of a step.
   *
   * @param step where it is used
   * @return a tensor through which the variable gets its gradient, if the step trains
   * @throws IllegalStateException if the variable was closed
   */
  public Tensor in(Step step) {
    Tensor ofStep = source.in(step);
    return step.isTraining() ? formula.apply(ofStep) : kept(ofStep).in(step);
  }

  private synchronized Variable kept(Tensor ofStep) {
    if (kept == null || stamp != source.stamp() || kept.precision() != source.precision()) {
      Tensor result = formula.apply(ofStep);
      if (kept == null) {
        kept = new Variable(false, new float[Math.toIntExact(result.length())], result.shape());
      }
      if (kept.precision() != source.precision()) {
        kept.convert(source.precision());
      }
      kept.set(result.toDoubles());
      stamp = source.stamp();
    }
    return kept;
  }
}
