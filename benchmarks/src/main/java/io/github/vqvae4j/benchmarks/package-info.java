/**
 * Benchmarks of the library.
 *
 * <p>{@link io.github.vqvae4j.benchmarks.Main} compares vqvae4j with libtorch, with ND4J's kernels
 * and with the model's convolutions alone. Every {@link io.github.vqvae4j.benchmarks.Configuration}
 * runs in its own process, whose main class is {@link io.github.vqvae4j.benchmarks.Child}; the
 * processes take turns. The command {@code versions} compares two versions of the library in the
 * same way.
 *
 * <p>The subpackages contain the libtorch implementation, the convolutions alone, JMH benchmarks of
 * single kernels, the memory benchmark, and the reports.
 */
package io.github.vqvae4j.benchmarks;
