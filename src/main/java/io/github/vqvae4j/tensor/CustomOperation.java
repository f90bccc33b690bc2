package io.github.vqvae4j.tensor;

/**
 * An operation of your own: a forward value and a backward pass, which need not be its derivative.
 * {@link Step#apply} carries it out. It then is like any other operation: one entry in a {@link
 * Trace}, one name in errors, checked by {@link Step#checkEachOperation}.
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
 * <p>Both methods are functions of the tensors they are given and of the operation's settings; a
 * record holds these, and its components become {@link Operation#attributes}. The tensors are
 * constants of the running step: no gradient goes through what is computed from them, and no such
 * computation is recorded. All that a method makes but does not return is given back when it
 * returns, so nothing may be kept in a field; several threads may use one instance.
 *
 * <p>Inside, these throw {@link IllegalStateException}: using a variable, or a tensor that
 * gradients go through and that is not an input (pass it as one); drawing random numbers (draw
 * before, and pass them); {@code requireGradient}, {@code backward} and {@code gradients} (use a
 * step of its own); {@code onCommit}. Other custom operations may be used.
 */
public interface CustomOperation {
  /**
   * Returns what errors and traces call it.
   *
   * @return a name, not blank
   */
  String name();

  /**
   * Computes the value.
   *
   * @param inputs as given to {@link Step#apply}, as constants, in any {@link DType}
   * @return a tensor of the same step, of any shape; it may be an input, or share its memory. No
   *     gradient goes through a result in INT
   */
  Tensor forward(Tensor... inputs);

  /**
   * Computes the gradients of the inputs from the result's. It runs only if the gradient of some
   * input is asked for, and again if the graph is kept and gone through again.
   *
   * @param gradient of the loss with respect to the result, of the result's shape and format
   * @param result what {@code forward} returned
   * @param inputs what {@code forward} was given
   * @return one entry for each input, in their order: a tensor of the input's shape and format, or
   *     null where no gradient goes back, as to an input in INT. Entries may be one and the same
   *     tensor, the gradient itself, the result or an input
   */
  Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs);
}
