package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * A block that maps one tensor to one. A subclass makes its parts in its constructor and says in
 * {@link #compute} what it computes; gradients follow by themselves.
 */
public abstract class Layer extends Block {
  /** For subclasses. */
  protected Layer() {}

  /**
   * Computes the output.
   *
   * @param input what the layer's documentation says
   * @return the output, of the same step
   */
  public final Tensor forward(Tensor input) {
    return within(input.step(), () -> compute(input));
  }

  /**
   * Layers one after another. In inference the memory of each output is given back as soon as the
   * next one is there.
   *
   * @param input of the first
   * @param layers each takes what the one before gives
   * @return the output of the last
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
   * What the layer computes: the one method that every layer has to write. Several threads may run
   * it at once, so it must not write fields.
   *
   * @param input of any step
   * @return the output
   */
  protected abstract Tensor compute(Tensor input);
}
