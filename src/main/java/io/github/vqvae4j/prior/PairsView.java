package io.github.vqvae4j.prior;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A prior that is trained on pairs of code maps. */
record PairsView(PixelCnn prior) implements Trainable<CodePairs> {
  @Override
  public BatchLoss loss(Step step, CodePairs batch, TrainingProgress progress) {
    return prior.loss(step, batch.codes(), Condition.codes(batch.condition()));
  }

  @Override
  public void initialize(TrainingData<CodePairs> data, Rng rng) {
    CodePairs first = data.firstBatches().next();
    prior.take(first.codes(), Condition.codes(first.condition()));
  }

  @Override
  public Map<String, String> trainingState() {
    return prior.trainingState();
  }

  @Override
  public void restoreTrainingState(Map<String, String> state) {
    prior.restoreTrainingState(state);
  }

  @Override
  public Map<String, Variable> variables() {
    return prior.variables();
  }

  @Override
  public void save(Path file) throws IOException {
    prior.save(file);
  }

  @Override
  public Map<String, Optional<?>> settings() {
    return prior.settings();
  }
}
