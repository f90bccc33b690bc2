/** The peer: the same model written for libtorch's C++ interface as JavaCPP gives it. */
package io.github.vqvae4j.benchmarks.libtorch;
