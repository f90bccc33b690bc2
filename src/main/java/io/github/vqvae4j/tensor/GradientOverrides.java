package io.github.vqvae4j.tensor;

/** Operations whose gradient is not the derivative of their value. */
final class GradientOverrides {
  private GradientOverrides() {}

  /** The identity without a gradient. */
  record StopGradient() implements OperationKind.AnyDType {
    @Override
    public String name() {
      return "stopGradient";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      return ForwardResult.view(inputs[0], inputs[0].array(), null);
    }
  }

  /** The value of the second input with the gradient of the first input. */
  record StraightThrough() implements OperationKind {
    @Override
    public String name() {
      return "straightThrough";
    }

    @Override
    public ForwardResult forward(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor forward = inputs[1];
      x.checkWith(name(), forward);
      Shape.checkEqual(name(), x.dims(), forward.dims());
      x.array();
      return ForwardResult.view(forward, forward.array(), (dy, back) -> back.addShared(x, dy));
    }
  }
}
