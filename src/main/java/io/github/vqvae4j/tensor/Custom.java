package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A custom operation among the others.
 *
 * @param operation what it computes
 */
record Custom(CustomOperation operation) implements Kind.OfAnyFormat {
  /** An operation and inputs that can be applied in a step. */
  static Custom checked(Step step, CustomOperation operation, Tensor... inputs) {
    String name = operation.name();
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException(
          "Step.apply: expected an operation with a name, got "
              + operation.getClass().getName()
              + ", whose name() is "
              + (name == null ? "null." : "blank."));
    }
    if (inputs.length == 0) {
      throw new IllegalArgumentException(
          name + ": expected one input or more, got none. Pass a tensor that its result is like.");
    }
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == null || inputs[i].step() != step) {
        throw new IllegalArgumentException(
            name
                + ": expected tensors of the step that it is applied in, got "
                + (inputs[i] == null ? "null" : "one of another step")
                + " as input "
                + i
                + ".");
      }
    }
    return new Custom(operation);
  }

  @Override
  public String name() {
    return operation.name();
  }

  @Override
  public Object attributes() {
    return operation;
  }

  @Override
  public Value of(Tensor... inputs) {
    Step step = inputs[0].step();
    Object layer = step.layer();
    try (CustomCode code = new CustomCode(step, name(), layer, "forward", inputs)) {
      Tensor y = code.run(operation::forward);
      checkResult(step, y);
      INDArray array = y.array();
      DType dtype = y.dtype();
      Backward backward =
          dtype == DType.INT ? null : (dy, back) -> backward(dy, array, back, layer, inputs);
      return code.takes(y.owner())
          ? Value.of(array, dtype, backward)
          : Value.sharing(y.owner(), array, backward);
    }
  }

  private void checkResult(Step step, Tensor y) {
    if (y == null || y.step() != step) {
      throw new IllegalStateException(
          name()
              + ": expected forward to return a tensor of its inputs' step, got "
              + (y == null ? "null." : "one of another step. Copy it with step.tensor."));
    }
    if (y.isTracked()) {
      throw new IllegalStateException(
          name()
              + ": forward returned a tensor that gradients go through and that is not among its"
              + " inputs. Pass it to Step.apply as an input.");
    }
  }

  private void backward(
      GradientArray dy, INDArray y, Backpropagation back, Object layer, Tensor... inputs) {
    Step step = inputs[0].step();
    try (CustomCode code = new CustomCode(step, name(), layer, "backward", inputs)) {
      Tensor gradient = code.lend(dy.array(), dy.dtype());
      Tensor result = code.lend(y, dy.dtype());
      Tensor[] gradients = code.run(given -> operation.backward(gradient, result, given));
      checkGradients(gradients, inputs);
      Map<Tensor, GradientArray> fresh = new IdentityHashMap<>();
      for (int i = 0; i < inputs.length; i++) {
        if (gradients[i] == null) {
          continue;
        }
        Tensor owner = gradients[i].owner();
        INDArray array = gradients[i].array();
        if (code.takes(owner)) {
          fresh.put(owner, GradientArray.of(step.arena(), owner.dtype(), array));
        }
        if (owner == gradient) {
          back.share(inputs[i], dy);
        } else if (fresh.containsKey(owner)) {
          back.share(inputs[i], fresh.get(owner));
        } else {
          // The memory of an input or of the result: sums of gradients must not be written there.
          INDArray copy = back.arrayFor(inputs[i]);
          if (copy != null) {
            HeapCopy.copy(array, copy);
          }
          back.give(inputs[i], copy);
        }
      }
      fresh.values().forEach(GradientArray::release);
    }
  }

  private void checkGradients(Tensor[] gradients, Tensor... inputs) {
    if (gradients == null || gradients.length != inputs.length) {
      throw new IllegalStateException(
          name()
              + ": expected backward to return an array of "
              + inputs.length
              + ", one entry for each input, got "
              + (gradients == null ? "null" : gradients.length + " entries")
              + ". An entry is null where no gradient goes back.");
    }
    for (int i = 0; i < inputs.length; i++) {
      if (gradients[i] != null) {
        checkGradient(gradients[i], i, inputs[i]);
      }
    }
  }

  private void checkGradient(Tensor gradient, int i, Tensor input) {
    String remedy = null;
    if (input.dtype() == DType.INT) {
      remedy = "Integers have no gradient: return null.";
    } else if (gradient.step() != input.step()) {
      remedy = "It is of another step: copy it with step.tensor.";
    } else if (!Arrays.equals(gradient.dims(), input.dims())) {
      remedy = "Sum it over axes that were broadcast, or reshape it.";
    } else if (gradient.dtype() != input.dtype()) {
      remedy = "Convert it with to(DType." + input.dtype() + ").";
    }
    if (remedy != null) {
      throw new IllegalStateException(
          name()
              + ": expected the gradient of input "
              + i
              + " to be like the input, "
              + CustomCode.description(input)
              + ", got "
              + CustomCode.description(gradient)
              + ". "
              + remedy);
    }
  }
}
