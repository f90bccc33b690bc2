/** Single kernels under JMH, through the library's public interface. */
package io.github.vqvae4j.benchmarks.kernels;
