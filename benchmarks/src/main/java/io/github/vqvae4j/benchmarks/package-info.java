/**
 * The benchmark: vqvae4j beside libtorch, each measurement in a process of its own, in turn.
 *
 * <p>{@link io.github.vqvae4j.benchmarks.Main} starts and compares; {@link
 * io.github.vqvae4j.benchmarks.Child} is what runs in each process.
 */
package io.github.vqvae4j.benchmarks;
