package io.github.vqvae4j.tensor;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.util.ArrayList;
import java.util.List;

/** A vector-quantizing autoencoder of a few hundred parameters that uses most operations. */
final class SmallNet implements AutoCloseable {
  private static final ConvOptions HALVE = ConvOptions.of(2, 1);
  private static final ConvOptions SAME = ConvOptions.of(1, 1);
  private static final int DEPTH = 8;

  private final List<Variable> variables = new ArrayList<>();
  private final Variable encode;
  private final Variable encodeBias;
  private final Variable residual;
  private final Variable residualBias;
  private final Variable codebook;
  private final Variable mix;
  private final Variable decode;
  private final Variable decodeBias;

  SmallNet(Rng rng) {
    encode = variable(rng, 4, 4, 1, DEPTH);
    encodeBias = variable(rng, DEPTH);
    residual = variable(rng, 3, 3, DEPTH, DEPTH);
    residualBias = variable(rng, DEPTH);
    codebook = variable(rng, 16, DEPTH);
    mix = variable(rng, 2 * DEPTH, DEPTH);
    decode = variable(rng, 4, 4, 1, DEPTH);
    decodeBias = variable(rng, 1);
  }

  private Variable variable(Rng rng, long... shape) {
    float[] values = Tensors.gaussians(rng, (int) NdArray.size(shape));
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.2f;
    }
    Variable variable = new Variable(true, values, shape);
    variables.add(variable);
    return variable;
  }

  List<Variable> variables() {
    return variables;
  }

  /** The reconstruction of images [b, h, w, 1] with even h and w, and the training loss. */
  record Output(Tensor reconstruction, Tensor loss) {}

  Output forward(Tensor images) {
    Step step = images.step();
    Tensor h =
        FusedConvolution.of(
            Form.CONV_2D, images, encode.in(step), encodeBias.in(step), null, true, HALVE);
    h =
        FusedConvolution.of(
            Form.CONV_2D, h, residual.in(step), residualBias.in(step), h, true, SAME);
    Tensor z = h.reshape(-1, DEPTH);
    Tensor codes = codebook.in(step);
    Tensor chosen = codes.embedding(z.stopGradient().nearestRows(codes));
    Tensor quantized = z.straightThrough(chosen);
    Tensor mixed = Tensor.concat(1, List.of(quantized, quantized.tanh())).matmul(mix.in(step));
    Tensor image = mixed.reshape(h.shape());
    Tensor coarse = image.mean(3).reshape(h.size(0), h.size(1), h.size(2), 1).upsample(2);
    Tensor y =
        FusedConvolution.of(
            Form.CONV_TRANSPOSE_2D,
            image,
            decode.in(step),
            decodeBias.in(step),
            coarse,
            false,
            HALVE);
    Tensor loss =
        y.meanSquaredError(images)
            .add(chosen.meanSquaredError(z.stopGradient()))
            .add(z.meanSquaredError(chosen.stopGradient()).mul(0.25))
            .add(image.permute(0, 3, 1, 2).slice(1, 0, 2).square().mean().mul(0.01))
            .add(mix.in(step).square().sum().add(1e-3).sqrt().mul(1e-3));
    return new Output(y, loss);
  }

  /** Runs one step of gradient descent, and returns the loss before it. */
  double train(KernelSet kernels, Rng rng, float[] images, long... shape) {
    try (Step step = kernels.training(rng)) {
      Tensor loss = forward(step.tensor(images, shape)).loss();
      loss.backward();
      for (Variable variable : variables) {
        float[] values = variable.toFloats();
        float[] gradient = step.gradient(variable).toFloats();
        for (int i = 0; i < values.length; i++) {
          values[i] -= 0.1f * gradient[i];
        }
        variable.set(values);
      }
      return loss.item();
    }
  }

  @Override
  public void close() {
    variables.forEach(Variable::close);
  }
}
