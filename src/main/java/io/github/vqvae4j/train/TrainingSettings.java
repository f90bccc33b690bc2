package io.github.vqvae4j.train;

import java.util.List;

/**
 * The settings of a training run.
 *
 * @param trainingData the number of training examples followed by the shape of an example, if it is
 *     known; empty for a stream and for a custom training loop
 * @param heldOutData the number of held-out examples followed by the shape of an example; empty if
 *     there are none
 * @param objectives the settings of each objective; empty for a custom training loop
 * @param batch the number of examples in a batch; 0 for a custom training loop
 * @param workers the number of workers, each of which computes a share of every batch; 0 for a
 *     custom training loop
 * @param accumulate the number of batches whose gradients are averaged for each step
 * @param steps the number of steps; {@link StepReport#NO_LIMIT} if only the time is limited
 * @param maxSeconds the time limit in seconds; 0 for none
 * @param seed the random seed of shuffling and other random choices
 * @param averageDecay the decay of the averaged weights; 0 for no averaging
 * @param evaluateEvery the number of steps between evaluations; 0 for no evaluations
 * @param patience the number of evaluations without improvement that end the run; 0 for no early
 *     stopping
 * @param bestFile the file of the best model; empty if none is saved
 */
public record TrainingSettings(
    List<Integer> trainingData,
    List<Integer> heldOutData,
    List<ObjectiveSettings> objectives,
    int batch,
    int workers,
    int accumulate,
    long steps,
    double maxSeconds,
    long seed,
    double averageDecay,
    long evaluateEvery,
    int patience,
    String bestFile) {
  /** Returns the settings of a custom training loop. */
  static TrainingSettings custom(long steps) {
    return new TrainingSettings(List.of(), List.of(), List.of(), 0, 0, 1, steps, 0, 0, 0, 0, 0, "");
  }
}
