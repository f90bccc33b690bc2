package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.random.Rng;

/** Initializes a model from data without training it. */
public final class ModelInitialization {
  private ModelInitialization() {}

  public static <B> void run(Trainable<B> model, Source<B> source, int batch, long seed) {
    TrainingData<B> data = TrainingData.of(source, batch, seed);
    try {
      model.initialize(data, new Rng(seed));
    } finally {
      data.close();
    }
  }
}
