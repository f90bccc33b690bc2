/**
 * Utilities for configurations that are immutable records.
 *
 * <p>{@link io.github.vqvae4j.config.Require} validates components in a record's constructor,
 * {@link io.github.vqvae4j.config.Records} copies a record with changed components, and {@link
 * io.github.vqvae4j.config.Added} supplies the value that older files lack for a component added in
 * a later version. Custom layers and models use the same utilities for their configurations.
 *
 * <p>This package depends on no other package of the library.
 */
package io.github.vqvae4j.config;
