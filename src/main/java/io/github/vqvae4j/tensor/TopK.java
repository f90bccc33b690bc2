package io.github.vqvae4j.tensor;

/**
 * The result of {@link Tensor#topK}.
 *
 * @param values the k largest elements along the axis in descending order
 * @param indices their indices along the axis, an INT tensor
 */
public record TopK(Tensor values, Tensor indices) {}
