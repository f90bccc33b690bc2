package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/** A GAN of points in the plane: the smallest model with two objectives. */
final class PointGan extends Block implements Trainable<float[]> {
  final Sequential generator;
  final Sequential discriminator;

  PointGan(long seed) {
    Rng rng = new Rng(seed);
    generator =
        child(
            "generator",
            Sequential.of(new Linear(2, 8, rng), Activation.TANH, new Linear(8, 2, rng)));
    discriminator =
        child(
            "discriminator",
            Sequential.of(new Linear(2, 16, rng), Activation.LEAKY_RELU, new Linear(16, 1, rng)));
  }

  /** Returns points of a normal distribution with means (2, -1) and deviations 0.5. */
  static Source<float[]> points(int count, long seed) {
    return new Source<>() {
      @Override
      public int size() {
        return count;
      }

      @Override
      public float[] batch(int... indices) {
        float[] values = new float[2 * indices.length];
        for (int i = 0; i < indices.length; i++) {
          Rng rng = Rng.at(seed, indices[i]);
          values[2 * i] = (float) (2 + 0.5 * rng.nextGaussian());
          values[2 * i + 1] = (float) (-1 + 0.5 * rng.nextGaussian());
        }
        return values;
      }

      @Override
      public List<Integer> exampleShape() {
        return List.of(2);
      }
    };
  }

  static Tensor tensor(Step step, float[] batch) {
    return step.tensor(batch, batch.length / 2, 2);
  }

  Tensor fakes(Step step, float[] batch) {
    return generator.forward(tensor(step, batch).normalLike());
  }

  BatchLoss generatorLoss(Step step, float[] batch, TrainingProgress progress) {
    Tensor logits = discriminator.forward(fakes(step, batch));
    return BatchLoss.of("fooled", logits.neg().softplus().mean());
  }

  BatchLoss discriminatorLoss(Step step, float[] batch, TrainingProgress progress) {
    Tensor fakes = discriminator.forward(fakes(step, batch));
    Tensor reals = discriminator.forward(tensor(step, batch));
    Tensor loss = reals.neg().softplus().mean().add(fakes.softplus().mean());
    return BatchLoss.of("told apart", loss).withMetric("realLogit", reals.mean().item());
  }

  Objective<float[]> generatorObjective() {
    return Objective.of("generator", this::generatorLoss, generator);
  }

  Objective<float[]> discriminatorObjective() {
    return Objective.of("discriminator", this::discriminatorLoss, discriminator);
  }

  @Override
  public List<Objective<float[]>> objectives() {
    return List.of(generatorObjective(), discriminatorObjective());
  }

  @Override
  public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
    return generatorLoss(step, batch, progress);
  }
}
