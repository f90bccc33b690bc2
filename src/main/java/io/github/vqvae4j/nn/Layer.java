package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * A block that maps one tensor to one tensor. Subclasses create their parameters and children in
 * the constructor and implement {@link #compute}. Gradients are computed automatically.
 *
 * <pre>{@code
 * final class Mlp extends Layer {
 *   private final Linear hidden;
 *   private final Linear output;
 *
 *   Mlp(int in, int size, int out, Rng rng) {
 *     hidden = child("hidden", new Linear(in, size, rng));
 *     output = child("output", new Linear(size, out, rng));
 *   }
 *
 *   @Override
 *   protected Tensor compute(Tensor x) {
 *     return output.forward(hidden.forward(x).relu());
 *   }
 * }
 * }</pre>
 */
public abstract class Layer extends Block {
  /** Constructor for subclasses. */
  protected Layer() {}

  /**
   * Computes the output.
   *
   * @param input the input; its shape is documented by each layer
   * @return the output, in the step of the input
   */
  public final Tensor forward(Tensor input) {
    return within(input.step(), () -> compute(input));
  }

  /**
   * Applies layers in sequence. In inference, the memory of each intermediate output is released as
   * soon as the next one has been computed.
   *
   * @param input the input of the first layer
   * @param layers the layers, in order
   * @return the output of the last layer
   */
  protected static Tensor chain(Tensor input, List<? extends Layer> layers) {
    Tensor output = input;
    for (Layer layer : layers) {
      Tensor next = layer.forward(output);
      if (!output.sharesMemoryWith(input)) {
        next.release(output);
      }
      output = next;
    }
    return output;
  }

  /**
   * Computes the output for {@link #forward}. Several threads may call this method concurrently, so
   * it must not modify fields.
   *
   * @param input the input of {@link #forward}
   * @return the output
   */
  protected abstract Tensor compute(Tensor input);
}
