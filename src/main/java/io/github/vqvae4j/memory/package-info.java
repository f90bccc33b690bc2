/**
 * An exception and utilities for handling out-of-memory conditions.
 *
 * <p>File readers, tensor operations and models throw {@link
 * io.github.vqvae4j.memory.InsufficientMemoryException} when memory runs out, on the Java heap or
 * off-heap. {@link io.github.vqvae4j.memory.HeapMemory} allocates heap arrays and converts {@code
 * OutOfMemoryError} to this exception; {@link io.github.vqvae4j.memory.MemorySize} formats amounts
 * of memory.
 *
 * <p>This package depends on no other package of the library.
 */
package io.github.vqvae4j.memory;
