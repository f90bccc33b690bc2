/**
 * Memory that does not suffice: the exception, its figures, and arrays on the heap.
 *
 * <p>This package stands below all others: readers of files, tensors and models all end in the same
 * {@link io.github.vqvae4j.memory.InsufficientMemoryException} where memory runs out.
 */
package io.github.vqvae4j.memory;
