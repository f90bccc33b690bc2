package io.github.vqvae4j.tensor;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One run of a custom operation's own code. What it computes is not recorded, and its tensors end
 * with it, but for those whose memory is {@linkplain #takes taken}.
 */
final class CustomCode implements AutoCloseable {
  private final Step step;
  private final String name;
  private final Object layer;
  private final String method;
  private final Tensor[] inputs;

  /** Tensors in memory of their own, which goes back at the end. */
  private final Set<Tensor> made = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Tensors in memory that somebody else gives back. */
  private final List<Tensor> lent = new ArrayList<>();

  CustomCode(Step step, String name, Object layer, String method, Tensor... inputs) {
    this.step = step;
    this.name = name;
    this.layer = layer;
    this.method = method;
    this.inputs = inputs;
  }

  /**
   * Runs the code.
   *
   * @param code is given the inputs as constants
   */
  <T> T run(Function<Tensor[], T> code) {
    Tensor[] constants = new Tensor[inputs.length];
    Arrays.setAll(
        constants, i -> step.constant(inputs[i].array(), inputs[i].dtype()).sharing(inputs[i]));
    CustomCode outer = step.enter(this);
    try {
      return code.apply(constants);
    } catch (InsufficientMemoryException | NonFiniteException e) {
      // Callers act on these.
      throw e;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(failure(e), e);
    } catch (RuntimeException e) {
      throw new IllegalStateException(failure(e), e);
    } finally {
      step.enter(outer);
    }
  }

  private String failure(RuntimeException e) {
    String shapes =
        Arrays.stream(inputs).map(CustomCode::description).collect(Collectors.joining(", "));
    return name
        + (layer == null ? "" : " in " + layer)
        + ": "
        + method
        + " failed on inputs "
        + shapes
        + ": "
        + (e.getMessage() == null ? e.toString() : e.getMessage());
  }

  /** Shape and number format. */
  static String description(Tensor tensor) {
    return Arrays.toString(tensor.dims()) + " in " + tensor.dtype();
  }

  /** A constant over memory that is good for this run only. */
  Tensor lend(INDArray array, DType dtype) {
    Tensor tensor = step.constant(array, dtype);
    lent.add(tensor);
    return tensor;
  }

  /** Counts a tensor that the code made, in memory of its own. */
  void made(Tensor tensor) {
    made.add(tensor);
  }

  /** Takes the memory of a tensor over; false if it is none that the code made. */
  boolean takes(Tensor tensor) {
    boolean taken = made.remove(tensor);
    if (taken) {
      lent.add(tensor);
    }
    return taken;
  }

  @Override
  public void close() {
    made.forEach(Tensor::giveBack);
    lent.forEach(Tensor::end);
  }
}
