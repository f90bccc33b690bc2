package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A tensor computed from variables alone, such as masked or normalized weights. Inference reuses
 * the value until one of the variables is written. A training step computes it once for all its
 * uses, with its gradient, and so does a traced one; what kernels make of it, such as weights in
 * another layout, is then made once a step too.
 *
 * <p>For a {@link Trace} that begins later, a value that a step already has is a constant.
 *
 * <p>It may be used by many threads at once, but the variables must not be written meanwhile.
 */
public final class Parametrization {
  /** What a step computed, and from which content of the variables. */
  record Value(Tensor tensor, long stamp) {}

  private final Variable[] sources;
  private final Function<List<Tensor>, Tensor> formula;
  private Variable kept;

  /** The stamp of the sources that {@link #kept} was computed from. */
  private long stamp;

  /**
   * Creates it; nothing is computed yet.
   *
   * @param source the variable
   * @param formula computes it from the variable; equal values must give equal results
   */
  public Parametrization(Variable source, UnaryOperator<Tensor> formula) {
    this(List.of(source), tensors -> formula.apply(tensors.get(0)));
  }

  /**
   * Creates it; nothing is computed yet.
   *
   * @param sources the variables, at least one, all in the same number format when it is used
   * @param formula computes it from the variables, in their order; equal values must give equal
   *     results
   */
  public Parametrization(List<? extends Variable> sources, Function<List<Tensor>, Tensor> formula) {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException(
          "Parametrization: expected at least one variable, got none.");
    }
    this.sources = sources.toArray(Variable[]::new);
    this.formula = formula;
  }

  /**
   * Returns the value as a tensor of a step.
   *
   * @param step where it is used
   * @return a tensor; in a training step, gradients flow through it to the variables
   * @throws IllegalStateException if a variable was closed
   */
  public Tensor in(Step step) {
    return step.isTraining() || step.isTraced()
        ? step.derived(this, sourceStamp(), () -> compute(step))
        : kept(step).in(step);
  }

  private Tensor compute(Step step) {
    Tensor value = formula.apply(Arrays.stream(sources).map(source -> source.in(step)).toList());
    Step.checkNoIntegers("Parametrization", value);
    return value;
  }

  /** Stamps only grow, so the largest changes whenever one of the variables is written. */
  private long sourceStamp() {
    long largest = 0;
    for (Variable source : sources) {
      source.array(); // throws if it was closed
      largest = Math.max(largest, source.stamp());
    }
    return largest;
  }

  private synchronized Variable kept(Step step) {
    long now = sourceStamp();
    if (kept == null || stamp != now) {
      Tensor result = compute(step);
      if (kept == null) {
        kept = new Variable(false, new float[Math.toIntExact(result.length())], result.shape());
      }
      if (kept.dtype() != result.dtype()) {
        kept.convert(result.dtype());
      }
      kept.set(result.toDoubles());
      stamp = now;
    }
    return kept;
  }
}
