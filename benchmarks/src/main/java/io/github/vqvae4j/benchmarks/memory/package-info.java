/**
 * A benchmark that checks that memory stays constant during a long training run: {@link
 * io.github.vqvae4j.benchmarks.memory.Soak} takes samples of the memory during the run and {@link
 * io.github.vqvae4j.benchmarks.memory.MemoryReport} checks them.
 */
package io.github.vqvae4j.benchmarks.memory;
