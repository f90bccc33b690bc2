/**
 * Seedable random number generation with the same results on every JDK.
 *
 * <p>{@link io.github.vqvae4j.random.Rng} is the generator; its state can be saved and restored.
 * {@link io.github.vqvae4j.random.RngKey} derives the generators of a forward pass from seed, step
 * and example index, so results do not depend on how a batch is split. {@link
 * io.github.vqvae4j.random.RngStream} separates the other streams derived from the same seed.
 *
 * <p>This package depends on no other package of the library.
 */
package io.github.vqvae4j.random;
