/** A benchmark that checks that memory stays constant during a long training run. */
package io.github.vqvae4j.benchmarks.memory;
