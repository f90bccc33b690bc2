package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adapts a custom operation to {@link OperationKind}.
 *
 * @param operation the custom operation
 */
record CustomOperationKind(CustomOperation operation) implements OperationKind.AnyDType {
  /** Checks the operation and its inputs before it is applied in a step. */
  static CustomOperationKind checked(Step step, CustomOperation operation, Tensor... inputs) {
    String name = operation.name();
    if (name == null || name.isBlank()) {
      throw new IllegalArgumentException(
          "Step.apply: expected an operation with a name, but name() of "
              + operation.getClass().getName()
              + " is "
              + (name == null ? "null." : "blank."));
    }
    if (inputs.length == 0) {
      throw new IllegalArgumentException(
          name + ": expected at least one input, got none. Pass a tensor of the step.");
    }
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] == null || inputs[i].step() != step) {
        throw new IllegalArgumentException(
            name
                + ": expected inputs of the step that applies the operation, got "
                + (inputs[i] == null ? "null" : "a tensor of another step")
                + " as input "
                + i
                + ".");
      }
    }
    return new CustomOperationKind(operation);
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
  public ForwardResult forward(Tensor... inputs) {
    Step step = inputs[0].step();
    Object layer = step.currentLayer();
    try (CustomOperationCall call =
        new CustomOperationCall(step, name(), layer, "forward", inputs)) {
      Tensor y = call.run(operation::forward);
      checkResult(step, y);
      INDArray array = y.array();
      DType dtype = y.dtype();
      BackwardFunction backward =
          dtype == DType.INT ? null : (dy, back) -> backward(dy, array, back, layer, inputs);
      return call.takesOwnership(y.storageOwner())
          ? ForwardResult.of(array, dtype, backward)
          : ForwardResult.view(y.storageOwner(), array, backward);
    }
  }

  private void checkResult(Step step, Tensor y) {
    if (y == null || y.step() != step) {
      throw new IllegalStateException(
          name()
              + ": expected forward to return a tensor of the step of its inputs, got "
              + (y == null ? "null." : "a tensor of another step. Copy it with step.tensor."));
    }
    if (y.isTracked()) {
      throw new IllegalStateException(
          name()
              + ": forward returned a tensor that requires a gradient and is not among its inputs."
              + " Pass it to Step.apply as an input.");
    }
  }

  private void backward(
      GradientArray dy, INDArray y, Backpropagation back, Object layer, Tensor... inputs) {
    Step step = inputs[0].step();
    try (CustomOperationCall call =
        new CustomOperationCall(step, name(), layer, "backward", inputs)) {
      Tensor gradient = call.borrowed(dy.array(), dy.dtype());
      Tensor result = call.borrowed(y, dy.dtype());
      Tensor[] gradients = call.run(constants -> operation.backward(gradient, result, constants));
      checkGradients(gradients, inputs);
      Map<Tensor, GradientArray> fresh = new IdentityHashMap<>();
      for (int i = 0; i < inputs.length; i++) {
        if (gradients[i] == null) {
          continue;
        }
        Tensor owner = gradients[i].storageOwner();
        INDArray array = gradients[i].array();
        if (call.takesOwnership(owner)) {
          fresh.put(owner, GradientArray.of(step.arena(), owner.dtype(), array));
        }
        if (owner == gradient) {
          back.addShared(inputs[i], dy);
        } else if (fresh.containsKey(owner)) {
          back.addShared(inputs[i], fresh.get(owner));
        } else {
          // Memory of an input or of the result, in which gradients must not be accumulated.
          INDArray copy = back.allocateFor(inputs[i]);
          if (copy != null) {
            HeapCopy.copy(array, copy);
          }
          back.add(inputs[i], copy);
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
              + ", one element for each input, got "
              + (gradients == null ? "null" : "an array of " + gradients.length)
              + ". Use null for inputs without a gradient.");
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
      remedy = "INT tensors have no gradient: return null.";
    } else if (gradient.step() != input.step()) {
      remedy = "It belongs to another step: copy it with step.tensor.";
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
              + " to match the input, "
              + CustomOperationCall.description(input)
              + ", got "
              + CustomOperationCall.description(gradient)
              + ". "
              + remedy);
    }
  }
}
