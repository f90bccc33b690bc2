package io.github.vqvae4j.tensor;

/** Computes the gradients of an operation's inputs from the gradient of its result. */
@FunctionalInterface
interface BackwardFunction {
  /**
   * Computes the gradients.
   *
   * @param dy the gradient of the result, of the same shape
   * @param back receives the gradients of the inputs, and reports which are required
   */
  void run(GradientArray dy, Backpropagation back);
}
