package io.github.vqvae4j.train;

import java.util.List;

/**
 * The settings of a {@link Trainer}, as listeners get them.
 *
 * @param trainImages [number, height, width, channels]
 * @param heldOutImages the same of those that are evaluated on; empty if none are
 * @param optimizer with its settings
 * @param schedule of the learning rate
 * @param batch images in a batch
 * @param accumulate batches whose mean gradient makes a step
 * @param steps how many there will be
 * @param seed of shuffling and random choices
 * @param clipNorm the largest norm of all gradients together; 0 for any
 * @param averageDecay of the averages of the weights; 0 for none
 * @param evaluateEvery steps between evaluations; 0 for none
 * @param patience evaluations without a better one that end the run; 0 for any number
 * @param bestFile of the best model; empty for none
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
