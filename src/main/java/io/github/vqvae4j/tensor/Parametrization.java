package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A tensor computed from variables, such as masked or normalized weights. In inference, the value
 * is cached until one of the variables is written. Training steps and traced steps compute it once
 * per step for all its uses, in training steps with its gradient. Data that kernels derive from the
 * value, such as weights in another layout, is then also computed once per step.
 *
 * <pre>{@code
 * // v and gain are parameters of a layer
 * Parametrization weight =
 *     new Parametrization(List.of(v, gain), t -> t.get(0).weightNorm(t.get(1)));
 * Tensor y = x.matmul(weight.in(step));
 * }</pre>
 *
 * <p>If a {@link Trace} is started later, values that the step has already computed are constants
 * of the trace.
 *
 * <p>It is safe for use by several threads, provided that the variables are not written at the same
 * time.
 */
public final class Parametrization {
  /** The value computed by a step, and the version of the variables that it was computed from. */
  record CachedValue(Tensor tensor, long version) {}

  private final Variable[] sources;
  private final Function<List<Tensor>, Tensor> formula;
  private Variable cached;

  /** The version of the sources that {@link #cached} was computed from. */
  private long version;

  /**
   * Creates a parametrization of one variable. Its value is computed on first use.
   *
   * @param source the variable
   * @param formula computes the value from the variable; it must be deterministic
   */
  public Parametrization(Variable source, UnaryOperator<Tensor> formula) {
    this(List.of(source), tensors -> formula.apply(tensors.get(0)));
  }

  /**
   * Creates a parametrization of several variables. Its value is computed on first use.
   *
   * @param sources at least one variable; all must have the same data type on use
   * @param formula computes the value from the variables, in the same order; it must be
   *     deterministic
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
   * @param step the step
   * @return the value; in a training step, gradients are propagated to the variables
   * @throws IllegalStateException if a variable is closed
   */
  public Tensor in(Step step) {
    return step.isTraining() || step.isTraced()
        ? step.parametrized(this, sourceVersion(), () -> compute(step))
        : cached(step).in(step);
  }

  private Tensor compute(Step step) {
    Tensor value = formula.apply(Arrays.stream(sources).map(source -> source.in(step)).toList());
    Step.checkNoIntegers("Parametrization", value);
    return value;
  }

  /** Returns the maximum version, which changes with every write, since versions only increase. */
  private long sourceVersion() {
    long max = 0;
    for (Variable source : sources) {
      source.array(); // throws if it is closed
      max = Math.max(max, source.version());
    }
    return max;
  }

  private synchronized Variable cached(Step step) {
    long current = sourceVersion();
    if (cached == null || version != current) {
      Tensor result = compute(step);
      if (cached == null) {
        cached = new Variable(false, new float[Math.toIntExact(result.length())], result.shape());
      }
      if (cached.dtype() != result.dtype()) {
        cached.convert(result.dtype());
      }
      cached.set(result.toDoubles());
      version = current;
    }
    return cached;
  }
}
