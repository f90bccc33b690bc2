package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A model with other objectives than its own ({@link Trainable#withObjectives}). */
record ObjectivesView<B>(Trainable<B> model, List<Objective<B>> objectives)
    implements Trainable<B> {
  @Override
  public Map<String, Variable> variables() {
    return CombinedObjectives.variables(model.variables(), objectives);
  }

  @Override
  public BatchLoss loss(Step step, B batch, TrainingProgress progress) {
    return model.loss(step, batch, progress);
  }

  @Override
  public void initialize(TrainingData<B> data, Rng rng) {
    model.initialize(data, rng);
  }

  @Override
  public Map<String, String> trainingState() {
    return model.trainingState();
  }

  @Override
  public void restoreTrainingState(Map<String, String> state) {
    model.restoreTrainingState(state);
  }

  @Override
  public void prepare(Source<B> data) {
    model.prepare(data);
  }

  @Override
  public int evaluationBatch(Source<B> data) {
    return model.evaluationBatch(data);
  }

  @Override
  public List<Metric> evaluationMetrics(List<Metric> means, Source<B> data) {
    return model.evaluationMetrics(means, data);
  }

  @Override
  public double score(Evaluation evaluation) {
    return model.score(evaluation);
  }

  @Override
  public void save(Path file) throws IOException {
    model.save(file);
  }

  @Override
  public Map<String, Optional<?>> settings() {
    return model.settings();
  }

  @Override
  public String toString() {
    return model + " with the objectives " + objectives.stream().map(Objective::name).toList();
  }
}
