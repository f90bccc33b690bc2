/**
 * The model {@code sonnet-cifar10} for libtorch, the baseline of the benchmarks, written with
 * JavaCPP's bindings of its C++ API.
 */
package io.github.vqvae4j.benchmarks.libtorch;
