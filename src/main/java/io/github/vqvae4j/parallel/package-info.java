/**
 * The threads of the library.
 *
 * <p>{@link io.github.vqvae4j.parallel.Threads} sets their number. One pool serves the whole
 * process ({@link io.github.vqvae4j.parallel.ThreadPool}); a team of {@link
 * io.github.vqvae4j.parallel.Workers} serves one training run, and communicates through a {@link
 * io.github.vqvae4j.parallel.Communicator}. All threads are daemon threads named {@code
 * vqvae4j-...} ({@link io.github.vqvae4j.parallel.LibraryThread}), which wait without using a core,
 * and free their native memory when they end.
 */
package io.github.vqvae4j.parallel;
