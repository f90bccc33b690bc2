/**
 * Neural network layers and base classes for custom layers.
 *
 * <p>Start with {@link io.github.vqvae4j.nn.Layer}, which maps one tensor to one tensor; {@link
 * io.github.vqvae4j.nn.Block} is the base class of all model components and holds {@link
 * io.github.vqvae4j.nn.Parameter}s, {@link io.github.vqvae4j.nn.Buffer}s and child blocks. {@link
 * io.github.vqvae4j.nn.Sequential} chains layers. Each layer has its own class. Layers with several
 * settings take an immutable record such as {@link io.github.vqvae4j.nn.ConvConfig}, whose defaults
 * are PyTorch's.
 *
 * <p>Images are tensors [batch, height, width, channels], sequences [batch, time, channels]. {@link
 * io.github.vqvae4j.nn.BlockCheck} checks the thread safety and gradients of custom blocks; {@link
 * io.github.vqvae4j.nn.Summary} prints a model's layers. Layers are written in terms of {@link
 * io.github.vqvae4j.tensor.Tensor}; this package depends on {@code tensor}, {@code random}, {@code
 * io} and {@code config}.
 */
package io.github.vqvae4j.nn;
