package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Computes a convolution twice and prints each result, or error and length of the stack trace. */
final class KernelProgram {
  private KernelProgram() {}

  public static void main(String... arguments) {
    for (int i = 0; i < 2; i++) {
      try (Step step = Step.training(new Rng(1))) {
        Tensor x = step.tensor(new float[] {1, 2, 3, 4}, 1, 2, 2, 1).requireGradient();
        Tensor weight = step.tensor(new float[] {2, 3, 5, 7}, 2, 2, 1, 1);
        Tensor y = x.conv2d(weight, null, ConvOptions.of(1, 0));
        y.backward();
        System.out.println("result " + y.item() + ", gradient " + x.gradient().toFloats()[3]);
      } catch (IllegalArgumentException | IllegalStateException e) {
        System.out.println("rejected " + e);
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        System.out.println("lines of the stack trace: " + trace.toString().lines().count());
      }
    }
  }
}
