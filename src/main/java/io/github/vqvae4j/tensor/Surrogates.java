package io.github.vqvae4j.tensor;

/** Operations whose gradient is not that of their value. */
final class Surrogates {
  private Surrogates() {}

  /** y = x, from which no gradient goes back. */
  record StopGradient() implements Kind.OfAnyFormat {
    @Override
    public String name() {
      return "stopGradient";
    }

    @Override
    public Value of(Tensor... inputs) {
      return Value.sharing(inputs[0], inputs[0].array(), null);
    }
  }

  /** The second input's value, the first input's gradient. */
  record StraightThrough() implements Kind {
    @Override
    public String name() {
      return "straightThrough";
    }

    @Override
    public Value of(Tensor... inputs) {
      Tensor x = inputs[0];
      Tensor forward = inputs[1];
      x.checkWith(name(), forward);
      Shape.checkEqual(name(), x.dims(), forward.dims());
      x.array();
      return Value.sharing(forward, forward.array(), (dy, back) -> back.share(x, dy));
    }
  }
}
