package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The metrics of a model on a source of data: losses, metrics and the usage of its codebooks.
 *
 * <pre>{@code
 * Evaluation evaluation = Evaluation.of(model, heldOut);
 * System.out.println(evaluation); // reconstruction 0.00571  commitment 0.101  mse 0.00571 ..
 * double error = evaluation.metric("normalizedMse");
 * }</pre>
 *
 * <p>During training, {@link Trainer#evaluate} computes one at regular intervals.
 *
 * <p>{@link #loss} is that of the first objective; most models have only one.
 *
 * @param step the training step after which the model was evaluated; 0 outside a training run
 * @param losses the loss of each objective, averaged over all examples, with the final weights of
 *     the terms (after any warm-up)
 * @param metrics the metrics of the model ({@link Trainable#evaluationMetrics}); those of an
 *     objective are also part of its loss
 * @param usage the usage of each codebook over all examples; empty for a model without codebooks
 */
public record Evaluation(
    long step, List<LossReport> losses, List<Metric> metrics, List<CodebookUsage> usage) {
  /** Evaluates with the final loss weights, so that losses are comparable during a warm-up. */
  private static final long AFTER_WARM_UPS = Long.MAX_VALUE;

  /** The seed of the random numbers of evaluations, which are the same in each one. */
  private static final long SEED = 0;

  /**
   * Evaluates a model. The model is not changed. Several threads call {@link Trainable#loss} at
   * once, each with a part of the examples, unless {@link Threads#set} limits them to one.
   *
   * @param model the model
   * @param data one or more examples that fit the model
   * @param <B> the type of a batch
   * @return the evaluation, with step 0
   * @throws IllegalArgumentException if there are no examples or they do not fit the model
   * @throws DivergenceException if a weight or a loss term is NaN or infinite
   * @throws InsufficientMemoryException if there is not enough memory
   */
  public static <B> Evaluation of(Trainable<B> model, Source<B> data) {
    return MemoryGuard.run(
        "an evaluation of " + Examples.describe(data.exampleShape()),
        Examples.bytes(data, model.evaluationBatch(data)),
        () -> after(0, model, Objective.allOf(model), data, Threads.count(), () -> false));
  }

  /**
   * Evaluates a model after a training step.
   *
   * @param threads the maximum number of threads that compute losses
   * @throws CancellationException if {@code stop} returns true
   */
  static <B> Evaluation after(
      long step,
      Trainable<B> model,
      List<Objective<B>> objectives,
      Source<B> data,
      int threads,
      BooleanSupplier stop) {
    prepare(step, model, data);
    int batch = model.evaluationBatch(data);
    List<Means> all = means(step, objectives, data, batch, threads, stop);
    List<LossReport> losses = new ArrayList<>();
    List<Metric> means = new ArrayList<>();
    List<CodebookUsage> usage = new ArrayList<>();
    for (Means result : all) {
      losses.add(result.loss);
      means.addAll(result.loss.qualifiedMetrics());
      CodebookUsage.addMissing(usage, result.usage);
    }
    List<Metric> metrics = List.copyOf(model.evaluationMetrics(means, data));
    List<LossReport> reported = losses.stream().map(loss -> loss.withMetrics(metrics)).toList();
    return new Evaluation(step, reported, metrics, List.copyOf(usage));
  }

  private static <B> void prepare(long step, Trainable<B> model, Source<B> data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException(
          "Evaluation: expected one or more examples, got none. Hold out some of the data.");
    }
    model
        .variables()
        .forEach(
            (name, variable) -> {
              long index = NonFinite.index(variable);
              if (index >= 0) {
                double value = variable.toDoubles()[(int) index];
                throw DivergenceException.beforeEvaluation(step, name + "[" + index + "]", value);
              }
            });
    model.prepare(data);
  }

  /** The mean loss of one or more batches, and the sum of their usage. */
  private record Means(LossReport loss, List<CodebookUsage> usage) {
    Means plus(double weight, Means other) {
      return new Means(
          loss.mean(weight, other.loss, 1 - weight), CodebookUsage.plus(usage, other.usage));
    }
  }

  /** A batch of examples, from {@code start} (inclusive) to {@code end} (exclusive). */
  private record Batch<B>(B examples, int start, int end) {}

  /** Returns the means of each objective. Each batch is read once. */
  private static <B> List<Means> means(
      long step,
      List<Objective<B>> objectives,
      Source<B> data,
      int batch,
      int threads,
      BooleanSupplier stop) {
    List<Means> means = new ArrayList<>();
    int[] evaluated = {0};
    try (Batches<B> batches = Batches.inOrder(data, batch)) {
      ThreadPool.forEach(
          (data.size() - 1) / batch + 1,
          Math.min(threads, ThreadPool.threads(Examples.pixels(data.exampleShape()))),
          i -> {
            int start = i * batch;
            int end = start + Math.min(batch, data.size() - start);
            return new Batch<>(batches.next(stop), start, end);
          },
          current -> evaluate(step, objectives, current, stop),
          next -> {
            int start = evaluated[0];
            int end = start + Math.min(batch, data.size() - start);
            evaluated[0] = end;
            if (end < data.size()) {
              // On this thread too: only it knows of its interrupts.
              checkNotStopped(stop);
            }
            for (int i = 0; i < next.size(); i++) {
              if (start == 0) {
                means.add(next.get(i));
              } else {
                means.set(i, means.get(i).plus((double) start / end, next.get(i)));
              }
            }
          });
    }
    return means;
  }

  private static void checkNotStopped(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new CancellationException("stopped while evaluating");
    }
  }

  private static <B> List<Means> evaluate(
      long step, List<Objective<B>> objectives, Batch<B> batch, BooleanSupplier stop) {
    List<Means> means = new ArrayList<>();
    for (Objective<B> objective : objectives) {
      checkNotStopped(stop);
      means.add(evaluate(step, objective, batch.examples(), batch.start(), batch.end()));
    }
    return means;
  }

  private static <B> Means evaluate(
      long step, Objective<B> objective, B batch, int start, int end) {
    String range = ", examples " + start + " to " + (end - 1);
    TrainingProgress progress = new TrainingProgress(AFTER_WARM_UPS, start);
    try (Step pass = Step.inference(new RngKey(SEED, 0, start))) {
      BatchLoss loss = objective.loss(pass, batch, progress);
      for (LossTerm term : loss.terms()) {
        double value = term.value().item();
        if (!Double.isFinite(value)) {
          throw DivergenceException.inEvaluation(
              step, objective.termName(term.name()), value, range);
        }
      }
      return new Means(LossReport.of(objective.name(), loss), loss.usage());
    } catch (NonFiniteException e) {
      throw DivergenceException.inEvaluation(step, e.description(), e.value(), range);
    }
  }

  /**
   * Returns the loss of an objective.
   *
   * @param name the name of the objective
   * @return its loss
   * @throws IllegalArgumentException if there is no such objective
   */
  public LossReport objective(String name) {
    return LossReport.find(losses, name);
  }

  /**
   * Returns the loss of the first objective.
   *
   * @return the weighted sum of the terms
   */
  public double loss() {
    return losses.get(0).loss();
  }

  /**
   * Returns the value of a loss term.
   *
   * @param name the name of the term, such as {@code kl}, for a term of the first objective; with
   *     an objective as in files, such as {@code generator/adversarial}, for any
   * @return the unweighted value
   * @throws IllegalArgumentException if there is no such term
   */
  public double term(String name) {
    return LossReport.term(losses, name);
  }

  /**
   * Returns the value of a metric.
   *
   * @param name the name of the metric, such as {@code psnr}; with several objectives as for {@link
   *     #term}
   * @return the value
   * @throws IllegalArgumentException if there is no such metric
   */
  public double metric(String name) {
    return LossReport.metric(losses, metrics, name);
  }

  /** Returns the losses with their metrics, other metrics, and the usage of codebooks. */
  @Override
  public String toString() {
    List<String> shown =
        losses.stream()
            .flatMap(loss -> loss.qualifiedMetrics().stream())
            .map(Metric::name)
            .toList();
    List<Metric> others = metrics.stream().filter(m -> !shown.contains(m.name())).toList();
    return Stream.of(losses, others, usage)
        .flatMap(List::stream)
        .map(Object::toString)
        .collect(Collectors.joining("  "));
  }
}
