/** The floor: the model's convolutions alone, by oneDNN's own interface. */
package io.github.vqvae4j.benchmarks.floor;
