package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.Optimizer;
import io.github.vqvae4j.train.Trainer;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Published models with their training settings. All use the normalized MSE as the reconstruction
 * term ({@link io.github.vqvae4j.model.ReconstructionLoss}).
 *
 * <pre>{@code
 * VqVae model = Recipe.SONNET_CIFAR10.model().seed(7).build();
 * Recipe.SONNET_CIFAR10.trainer(model).seed(7).fit(images);
 * }</pre>
 */
public enum Recipe {
  /**
   * {@link VqVaePresets#sonnetCifar10}: Adam with learning rate 3e-4, batches of 32, 10,000 steps.
   * The reference run used the first 40,000 training images of CIFAR-10.
   */
  SONNET_CIFAR10(VqVaePresets::sonnetCifar10, () -> Adam.rate(3e-4), 32, 10_000),

  /**
   * {@link VqVaePresets#zalandoCifar10}: Adam with learning rate 1e-3, batches of 256, 15,000
   * steps. The reference run used all 50,000 training images of CIFAR-10 and reshuffled them for
   * each batch; here each image is used once per epoch.
   */
  ZALANDO_CIFAR10(VqVaePresets::zalandoCifar10, () -> Adam.rate(1e-3), 256, 15_000),

  /**
   * {@link VqVaePresets#kerasMnist}: Adam with learning rate 1e-3 and Keras's epsilon of 1e-7,
   * batches of 128, 14,040 steps (30 epochs of MNIST's 60,000 training images). Keras also trains
   * on the incomplete last batch of 96 images of an epoch; here it is dropped.
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
   * Returns a builder of the model.
   *
   * @return the builder; set a seed, then build the model
   */
  public VqVaeBuilder model() {
    return model.get();
  }

  /**
   * Creates a trainer with the recipe's optimizer, batch size and number of steps.
   *
   * @param untrained a model built by {@link #model}
   * @return the trainer; a seed and listeners can be added
   */
  public Trainer<ImageBatch> trainer(VqVae untrained) {
    return Trainer.of(untrained).optimizer(optimizer()).batch(batch).steps(steps);
  }

  /**
   * Creates the recipe's optimizer.
   *
   * @return a new optimizer, to be used for one model
   */
  public Optimizer optimizer() {
    return optimizer.get();
  }

  /**
   * Returns the batch size.
   *
   * @return the number of images in a batch
   */
  public int batch() {
    return batch;
  }

  /**
   * Returns the number of training steps.
   *
   * @return the number of steps
   */
  public long steps() {
    return steps;
  }

  /** Returns the name in lower case with hyphens, such as {@code sonnet-cifar10}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
