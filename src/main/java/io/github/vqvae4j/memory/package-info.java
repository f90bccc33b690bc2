/**
 * Errors and utilities for insufficient memory.
 *
 * <p>Readers of files, tensors and models all throw {@link
 * io.github.vqvae4j.memory.InsufficientMemoryException} when memory runs out, on the Java heap or
 * outside of it. {@link io.github.vqvae4j.memory.HeapMemory} allocates heap arrays and converts
 * {@code OutOfMemoryError}; {@link io.github.vqvae4j.memory.MemorySize} formats amounts of memory.
 *
 * <p>This package depends on no other package of the library.
 */
package io.github.vqvae4j.memory;
