package io.github.vqvae4j.tensor;

import java.util.function.UnaryOperator;

/**
 * A tensor computed from one variable alone, such as a kernel padded with zeros. A training step
 * computes it, with its gradient, and so does a traced one; inference reuses the value until the
 * variable is written.
 *
 * <p>It may be used by many threads at once, but the variable must not be written meanwhile.
 */
public final class Derived {
  private final Variable source;
  private final UnaryOperator<Tensor> formula;
  private Variable kept;

  /** The stamp of the source that {@link #kept} was computed from. */
  private long stamp;

  /**
   * Creates it; nothing is computed yet.
   *
   * @param source the variable
   * @param formula computes it from the variable; equal values must give equal results
   */
  public Derived(Variable source, UnaryOperator<Tensor> formula) {
    this.source = source;
    this.formula = formula;
  }

  /**
   * Returns the value as a tensor of a step.
   *
   * @param step where it is used
   * @return a tensor; in a training step, gradients flow through it to the variable
   * @throws IllegalStateException if the variable was closed
   */
  public Tensor in(Step step) {
    Tensor ofStep = source.in(step);
    return step.isTraining() || step.isTraced() ? formula.apply(ofStep) : kept(ofStep).in(step);
  }

  private synchronized Variable kept(Tensor ofStep) {
    if (kept == null || stamp != source.stamp() || kept.dtype() != source.dtype()) {
      Tensor result = formula.apply(ofStep);
      if (kept == null) {
        kept = new Variable(false, new float[Math.toIntExact(result.length())], result.shape());
      }
      if (kept.dtype() != source.dtype()) {
        kept.convert(source.dtype());
      }
      kept.set(result.toDoubles());
      stamp = source.stamp();
    }
    return kept;
  }
}
