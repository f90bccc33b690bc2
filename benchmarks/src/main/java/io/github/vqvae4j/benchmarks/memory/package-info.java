/** Whether memory stays as it is in a long training. */
package io.github.vqvae4j.benchmarks.memory;
