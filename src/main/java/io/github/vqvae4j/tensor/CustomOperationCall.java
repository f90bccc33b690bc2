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
 * A call of a custom operation's forward or backward method. Computations within it are not
 * recorded, and its tensors are released at the end, except for those whose ownership is
 * {@linkplain #takesOwnership taken}.
 */
final class CustomOperationCall implements AutoCloseable {
  private final Step step;
  private final String name;
  private final Object layer;
  private final String method;
  private final Tensor[] inputs;

  /** Tensors created by the call that have their own memory, to be released at the end. */
  private final Set<Tensor> created = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Tensors whose memory is managed elsewhere, to be invalidated at the end. */
  private final List<Tensor> borrowed = new ArrayList<>();

  CustomOperationCall(Step step, String name, Object layer, String method, Tensor... inputs) {
    this.step = step;
    this.name = name;
    this.layer = layer;
    this.method = method;
    this.inputs = inputs;
  }

  /**
   * Runs the code.
   *
   * @param code receives the inputs as constants
   */
  <T> T run(Function<Tensor[], T> code) {
    Tensor[] constants = new Tensor[inputs.length];
    Arrays.setAll(
        constants,
        i -> step.constant(inputs[i].array(), inputs[i].dtype()).withStorageOf(inputs[i]));
    CustomOperationCall outer = step.enter(this);
    try {
      return code.apply(constants);
    } catch (InsufficientMemoryException | NonFiniteException e) {
      throw e; // handled by callers
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
        Arrays.stream(inputs)
            .map(CustomOperationCall::description)
            .collect(Collectors.joining(", "));
    return name
        + (layer == null ? "" : " in " + layer)
        + ": "
        + method
        + " failed on inputs "
        + shapes
        + ": "
        + (e.getMessage() == null ? e.toString() : e.getMessage());
  }

  /** Returns the shape and data type of a tensor. */
  static String description(Tensor tensor) {
    return Arrays.toString(tensor.dims()) + " in " + tensor.dtype();
  }

  /** Returns a constant over memory that is only valid during this call. */
  Tensor borrowed(INDArray array, DType dtype) {
    Tensor tensor = step.constant(array, dtype);
    borrowed.add(tensor);
    return tensor;
  }

  /** Registers a tensor that the code created with its own memory. */
  void register(Tensor tensor) {
    created.add(tensor);
  }

  /** Takes ownership of a tensor's memory. Returns false if the code did not create the tensor. */
  boolean takesOwnership(Tensor tensor) {
    boolean taken = created.remove(tensor);
    if (taken) {
      borrowed.add(tensor);
    }
    return taken;
  }

  @Override
  public void close() {
    created.forEach(Tensor::releaseMemory);
    borrowed.forEach(Tensor::invalidate);
  }
}
