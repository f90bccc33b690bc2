/**
 * Tensors with automatic differentiation.
 *
 * <p>Start with {@link io.github.vqvae4j.tensor.Tensor}, which provides all operations, and {@link
 * io.github.vqvae4j.tensor.Step}, one forward pass that owns the memory of its tensors and records
 * gradients. A {@link io.github.vqvae4j.tensor.Variable} holds values that outlive a step, and is
 * the base class of parameters and buffers.
 *
 * <ul>
 *   <li>{@link io.github.vqvae4j.tensor.Parametrization}: a tensor computed from variables, such as
 *       masked or normalized weights
 *   <li>{@link io.github.vqvae4j.tensor.CustomOperation}: operations with a custom backward pass
 *   <li>{@link io.github.vqvae4j.tensor.Trace}: the recorded operations of a step, for inspection
 *       and replay
 *   <li>{@link io.github.vqvae4j.tensor.ConvOptions} and {@link io.github.vqvae4j.tensor.Padding}:
 *       settings of convolutions, pooling and padding
 * </ul>
 *
 * <p>The kernels, which call oneDNN and ND4J, are in {@code io.github.vqvae4j.tensor.internal}. The
 * package depends on {@code random} (keys of random operations), {@code memory} (limits of off-heap
 * memory) and {@code config} (validation of settings).
 */
package io.github.vqvae4j.tensor;
