/**
 * The convolutions of {@code sonnet-cifar10} alone, called through oneDNN's API: a lower bound of
 * the time of any implementation that uses oneDNN's convolutions.
 */
package io.github.vqvae4j.benchmarks.convolutions;
