/**
 * The numeric kernels behind tensor operations, and off-heap memory. Not part of the public API.
 *
 * <p>{@link io.github.vqvae4j.tensor.internal.Kernels} declares every computation. {@link
 * io.github.vqvae4j.tensor.internal.OneDnnKernels} implements it with oneDNN for float, {@link
 * io.github.vqvae4j.tensor.internal.Nd4jKernels} with ND4J for float and double; {@link
 * io.github.vqvae4j.tensor.internal.KernelChoice} selects one. Gather, scatter and losses are plain
 * Java loops, implemented as static methods of separate classes, as is the nearest-code search,
 * which uses the kernels to compute its scores.
 *
 * <p>{@link io.github.vqvae4j.tensor.internal.Arena} holds the arrays of a step in {@link
 * io.github.vqvae4j.tensor.internal.NativeMemory}. {@code ThreadCaches} frees what a thread caches
 * between operations, and {@code ParallelChunks} runs loops on several threads.
 *
 * <p>The package depends on ND4J, oneDNN, OpenBLAS, and the packages {@code memory} and {@code
 * random}.
 */
package io.github.vqvae4j.tensor.internal;
