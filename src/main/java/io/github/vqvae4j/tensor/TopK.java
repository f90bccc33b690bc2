package io.github.vqvae4j.tensor;

/**
 * What {@link Tensor#topK} gives.
 *
 * @param values the k largest elements along the axis, the largest first
 * @param indices where they were along it, in INT
 */
public record TopK(Tensor values, Tensor indices) {}
