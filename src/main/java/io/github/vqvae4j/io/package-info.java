/**
 * Byte formats: named arrays in safetensors files, records as JSON, and files that are written
 * whole or not at all.
 *
 * <p>This package stands below all others but {@code memory} and {@code config}. It knows heap
 * arrays and JSON and nothing of models or training. A file that breaks its format gives a {@link
 * io.github.vqvae4j.io.BadFileException}, which names the file, the place in it and what is wrong.
 */
package io.github.vqvae4j.io;
