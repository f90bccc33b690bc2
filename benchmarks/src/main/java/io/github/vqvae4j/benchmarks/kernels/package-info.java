/**
 * JMH benchmarks of single kernels as the library calls them, compared with the peak arithmetic and
 * memory rates of the machine. {@link io.github.vqvae4j.benchmarks.kernels.KernelRun} runs them.
 */
package io.github.vqvae4j.benchmarks.kernels;
