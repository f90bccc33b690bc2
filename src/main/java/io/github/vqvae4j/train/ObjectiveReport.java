package io.github.vqvae4j.train;

/**
 * The metrics of one objective in a training step.
 *
 * @param step the step in which the objective ran last, counted from 1
 * @param loss the loss of the batch
 * @param learningRate the learning rate of the update, that of parameters outside any {@link
 *     ParameterGroup} with its own rate
 * @param gradientNorm the L2 norm of all gradients, before clipping; NaN in a custom training loop
 */
public record ObjectiveReport(
    long step, LossReport loss, double learningRate, double gradientNorm) {}
