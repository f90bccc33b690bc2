package io.github.vqvae4j.tensor;

/**
 * A custom operation, consisting of a forward pass and a backward pass that need not be its
 * derivative. {@link Step#apply} executes it like a built-in operation: as one entry in a {@link
 * Trace}, under its own name in errors, and checked by {@link Step#checkEachOperation}.
 *
 * <pre>{@code
 * record Round(double slope) implements CustomOperation {
 *   public String name() {
 *     return "round";
 *   }
 *
 *   public Tensor forward(Tensor... inputs) {
 *     return inputs[0].round();
 *   }
 *
 *   public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
 *     return new Tensor[] {gradient.mul(slope)};
 *   }
 * }
 *
 * Tensor y = step.apply(new Round(0.5), x);
 * }</pre>
 *
 * <p>Both methods must depend only on their arguments and the operation's settings. A record is the
 * natural choice: its components become {@link Operation#attributes}. The arguments are constants
 * of the current step, so computations within the methods are neither recorded nor differentiated.
 * Tensors created by a method are released when it returns, except for its result, and must not be
 * stored in a field. One instance may be used by several threads.
 *
 * <p>The following throw {@link IllegalStateException} within the methods: using a variable or a
 * tensor that requires a gradient and is not an input (pass it as an input); generating random
 * numbers (generate them outside, and pass them as an input); {@code requireGradient}, {@code
 * backward} and {@code gradients} (use a separate step); and {@code onCommit}. Other custom
 * operations may be applied.
 */
public interface CustomOperation {
  /**
   * Returns the name used in errors and traces.
   *
   * @return a non-blank name
   */
  String name();

  /**
   * Computes the result.
   *
   * @param inputs the inputs passed to {@link Step#apply} as constants, of any {@link DType}
   * @return a tensor of the same step, of any shape; it may be an input or a view of one. INT
   *     results have no gradient
   */
  Tensor forward(Tensor... inputs);

  /**
   * Computes the gradients of the inputs from the gradient of the result. It is called only if the
   * gradient of an input is required, and again if the graph is retained and used again.
   *
   * @param gradient the gradient of the loss with respect to the result, of the same shape and data
   *     type
   * @param result the result of {@code forward}
   * @param inputs the inputs of {@code forward}
   * @return the gradients, one element for each input: a tensor of the input's shape and data type,
   *     or null for inputs without a gradient, such as INT inputs. Elements may be the same tensor,
   *     and may be the gradient, the result or an input
   */
  Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs);
}
