package io.github.vqvae4j.tensor;

/** How the gradients of an operation's inputs follow from its result's. */
@FunctionalInterface
interface Backward {
  /**
   * Computes them.
   *
   * @param dy the result's gradient, of the result's shape
   * @param back takes the inputs' gradients, and says which are wanted
   */
  void run(GradientArray dy, Backpropagation back);
}
