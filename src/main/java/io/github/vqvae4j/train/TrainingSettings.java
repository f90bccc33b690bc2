package io.github.vqvae4j.train;

import java.util.List;

/**
 * The settings of a training run, as passed to {@link TrainingListener#onStart}.
 *
 * @param trainImages the shape of the training data, [count, height, width, channels]
 * @param heldOutImages the shape of the held-out data; empty if there is none
 * @param optimizer a description of the optimizer and its settings
 * @param schedule a description of the learning rate schedule
 * @param batch the number of images in a batch
 * @param accumulate the number of batches whose gradients are averaged for each step
 * @param steps the number of steps
 * @param seed the random seed of shuffling and other random choices
 * @param clipNorm the maximum gradient norm; 0 for no clipping
 * @param averageDecay the decay of the averaged weights; 0 for no averaging
 * @param evaluateEvery the number of steps between evaluations; 0 for no evaluations
 * @param patience the number of evaluations without improvement that end the run; 0 for no early
 *     stopping
 * @param bestFile the file of the best model; empty if none is saved
 */
public record TrainingSettings(
    List<Integer> trainImages,
    List<Integer> heldOutImages,
    String optimizer,
    String schedule,
    int batch,
    int accumulate,
    long steps,
    long seed,
    double clipNorm,
    double averageDecay,
    long evaluateEvery,
    int patience,
    String bestFile) {}
