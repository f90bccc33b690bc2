/** Single kernels under JMH, as the library calls them, beside what the machine can do at most. */
package io.github.vqvae4j.benchmarks.kernels;
