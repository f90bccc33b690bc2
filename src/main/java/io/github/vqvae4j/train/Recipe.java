package io.github.vqvae4j.train;

import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.model.VqVaeBuilder;
import io.github.vqvae4j.model.VqVaePresets;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A published model and how it was trained, always with MSE/variance as the reconstruction term
 * ({@link io.github.vqvae4j.model.ReconstructionLoss}).
 *
 * <pre>{@code
 * VqVae model = Recipe.SONNET_CIFAR10.model().seed(7).build();
 * Recipe.SONNET_CIFAR10.trainer(model).seed(7).fit(images);
 * }</pre>
 */
public enum Recipe {
  /**
   * {@link VqVaePresets#sonnetCifar10}: Adam 3e-4, batches of 32, 10,000 steps. Recorded on the
   * first 40,000 training images of CIFAR-10.
   */
  SONNET_CIFAR10(VqVaePresets::sonnetCifar10, () -> Adam.rate(3e-4), 32, 10_000),

  /**
   * {@link VqVaePresets#zalandoCifar10}: Adam 1e-3, batches of 256, 15,000 steps. Recorded on all
   * 50,000 training images of CIFAR-10; there each batch is drawn from a fresh shuffle, here each
   * image once an epoch.
   */
  ZALANDO_CIFAR10(VqVaePresets::zalandoCifar10, () -> Adam.rate(1e-3), 256, 15_000),

  /**
   * {@link VqVaePresets#kerasMnist}: Adam 1e-3 with Keras's epsilon 1e-7, batches of 128, 30 epochs
   * of MNIST's 60,000 training images: 14,040 steps. Keras also trains on the 96 images that are
   * left at the end of an epoch; here they are dropped.
   */
  KERAS_MNIST(VqVaePresets::kerasMnist, () -> new Adam(1e-3, 0.9, 0.999, 1e-7), 128, 30 * 468);

  private final Supplier<VqVaeBuilder> model;
  private final Supplier<Optimizer> optimizer;
  private final int batch;
  private final long steps;

  Recipe(Supplier<VqVaeBuilder> model, Supplier<Optimizer> optimizer, int batch, long steps) {
    this.model = model;
    this.optimizer = optimizer;
    this.batch = batch;
    this.steps = steps;
  }

  /**
   * The model.
   *
   * @return a builder, to be given a seed and built
   */
  public VqVaeBuilder model() {
    return model.get();
  }

  /**
   * A trainer with the recipe's optimizer, batch and steps.
   *
   * @param untrained a model of {@link #model}
   * @return the trainer, to be given a seed and listeners
   */
  public Trainer trainer(VqVae untrained) {
    return Trainer.of(untrained).optimizer(optimizer()).batch(batch).steps(steps);
  }

  /**
   * The optimizer.
   *
   * @return a new one, for one model
   */
  public Optimizer optimizer() {
    return optimizer.get();
  }

  /**
   * The images in a batch.
   *
   * @return as recorded
   */
  public int batch() {
    return batch;
  }

  /**
   * The number of steps.
   *
   * @return as recorded
   */
  public long steps() {
    return steps;
  }

  /** The name, as {@code sonnet-cifar10}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
