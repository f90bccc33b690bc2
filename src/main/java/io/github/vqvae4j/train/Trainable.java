package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model that a {@link Trainer} can train: its state, and its loss on a batch. A custom model
 * extends {@link Block} and implements {@link #loss}:
 *
 * <pre>{@code
 * record Points(float[] x, float[] y) {}
 *
 * final class Line extends Block implements Trainable<Points> {
 *   private final Linear linear = child("linear", new Linear(1, 1, new Rng(42)));
 *
 *   @Override
 *   public BatchLoss loss(Step step, Points batch, TrainingProgress progress) {
 *     int n = batch.x().length;
 *     Tensor prediction = linear.forward(step.tensor(batch.x(), n, 1));
 *     return BatchLoss.of("mse", prediction.meanSquaredError(step.tensor(batch.y(), n, 1)));
 *   }
 * }
 * }</pre>
 *
 * @param <B> the type of a batch
 */
public interface Trainable<B> extends Model {
  /**
   * Computes the loss of a batch. In a training step, this is the loss that is minimized; in an
   * inference step, it is the evaluation loss.
   *
   * <p>This method may run on several threads at once, each with a part of a batch or of the
   * evaluated examples, in a step of its own: those of the {@linkplain Trainer#workers workers} of
   * a {@link Trainer}, and those of an evaluation. It must therefore not change fields, and the
   * loss must be a mean over the examples: the loss of a batch is the mean of those of its shares,
   * weighted by their numbers of examples. What is not a mean over examples uses {@link
   * Step#sumOverWorkers}. All workers must use the same parameters and register the same updates
   * ({@link Step#onCommit}), whatever their examples are. A model that cannot satisfy this is
   * trained with {@code workers(1)}; the evaluations of such a run use one thread, too. {@link
   * Evaluation#of} uses several, unless {@code Threads.set(1)} was called.
   *
   * @param step the step of the computation
   * @param batch the batch, or a worker's share of it
   * @param progress the position of the training run or evaluation
   * @return the loss terms, and optionally metrics and the usage of codebooks
   */
  BatchLoss loss(Step step, B batch, TrainingProgress progress);

  /**
   * Returns the objectives of training, in the order in which a step runs them. By default, a
   * single objective minimizes {@link #loss} by training all parameters. Override it for models
   * with several losses, such as a GAN.
   *
   * <p>Called once for each run and each evaluation outside a run. Keep optimizers in fields, or a
   * further run starts without their state.
   *
   * @return one or more objectives with different names
   */
  default List<Objective<B>> objectives() {
    return List.of(Objective.all("", this::loss, variables()));
  }

  /**
   * Returns a model that consists of the blocks that objectives train. Names of its parameters
   * start with the name of the objective, such as {@code generator.conv.weight}, or {@code
   * generator.0.conv.weight} if the objective trains several blocks.
   *
   * @param first the first objective
   * @param more further objectives
   * @param <B> the type of a batch
   * @return the model
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  static <B> Trainable<B> of(Objective<B> first, Objective<B>... more) {
    return new CombinedObjectives<>(Stream.concat(Stream.of(first), Stream.of(more)).toList());
  }

  /**
   * Returns a view of this model with other objectives, such as an autoencoder whose
   * reconstructions a discriminator judges:
   *
   * <pre>{@code
   * Objective<ImageBatch> autoencoder = Objective.of("autoencoder", gan::generatorLoss, model);
   * Objective<ImageBatch> critic =
   *     Objective.of("critic", gan::discriminatorLoss, gan.discriminator());
   * Trainer.of(model.withObjectives(List.of(autoencoder, critic))).fit(images);
   * }</pre>
   *
   * <p>Everything else is that of this model: its initialization from data, its evaluation and its
   * file, which contains the parameters and buffers of this model only. The view also has those
   * that only the objectives train, named as in {@link #of}.
   *
   * @param objectives one or more objectives with different names
   * @return the view
   */
  default Trainable<B> withObjectives(List<Objective<B>> objectives) {
    return new ObjectivesView<>(this, List.copyOf(objectives));
  }

  /**
   * Initializes the model from data. Called before the first step of a run. The default
   * implementation does nothing.
   *
   * <p>A resumed run calls it, too, with the parameters and buffers of its checkpoint, and then
   * restores them and {@link #trainingState} once more. So fields of other kinds are set, but what
   * the run has learned is not changed.
   *
   * @param data the training data
   * @param rng the random number generator for random choices
   */
  default void initialize(TrainingData<B> data, Rng rng) {}

  /**
   * Returns what the loss depends on besides parameters, buffers and settings, and what {@link
   * #initialize} would not compute in the same way again, such as the variance of the first images
   * of a stream. A checkpoint contains it. By default, there is nothing of this kind.
   *
   * @return texts by name
   */
  default Map<String, String> trainingState() {
    return Map.of();
  }

  /**
   * Restores what {@link #trainingState} returned, after the parameters and buffers.
   *
   * @param state texts by name
   * @throws IllegalArgumentException if the texts are not those of such a model
   */
  default void restoreTrainingState(Map<String, String> state) {
    if (!state.isEmpty()) {
      throw new IllegalArgumentException(
          "Trainable.restoreTrainingState: expected no state, got "
              + MessageText.firstFew(state.keySet())
              + ". Override it as well as trainingState().");
    }
  }

  /**
   * Called before the loss is computed outside training, as in an evaluation. The default
   * implementation does nothing.
   *
   * @param data the data of the evaluation
   */
  default void prepare(Source<B> data) {}

  /**
   * Returns the number of examples that an evaluation processes at once.
   *
   * @param data the data of the evaluation
   * @return from 1 to the number of examples; by default 64 at most
   */
  default int evaluationBatch(Source<B> data) {
    return Math.min(64, data.size());
  }

  /**
   * Returns the metrics of an evaluation. Metrics that are not means over examples, such as a PSNR,
   * are computed here from those that are.
   *
   * @param means the {@linkplain BatchLoss#metrics metrics} of the batches, averaged over all
   *     examples
   * @param data the data of the evaluation
   * @return the metrics to report; by default the means
   */
  default List<Metric> evaluationMetrics(List<Metric> means, Source<B> data) {
    return means;
  }

  /**
   * Returns the value by which evaluations are compared unless {@link Trainer#monitor} is set.
   *
   * @param evaluation an evaluation
   * @return the value, lower is better; by default the loss, or NaN if there are several
   *     objectives, whose losses do not measure the quality of a GAN
   */
  default double score(Evaluation evaluation) {
    return evaluation.losses().size() == 1 ? evaluation.loss() : Double.NaN;
  }
}
