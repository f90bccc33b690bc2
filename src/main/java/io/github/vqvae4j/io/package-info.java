/**
 * File formats: named arrays in safetensors files, records in JSON files, TensorBoard event files,
 * and atomic writing.
 *
 * <p>Start with {@link io.github.vqvae4j.io.Safetensors} for arrays and {@link
 * io.github.vqvae4j.io.RecordFile} for settings. {@link io.github.vqvae4j.io.AtomicFile} writes all
 * files of this package except those of {@link io.github.vqvae4j.io.EventFile}, and {@link
 * io.github.vqvae4j.io.InputFile} checks all paths before reading. {@link
 * io.github.vqvae4j.io.FileNames}, {@link io.github.vqvae4j.io.MessageText} and {@link
 * io.github.vqvae4j.io.Counts} format file names, file contents and counts for messages.
 *
 * <p>This package depends only on {@code memory} and {@code config}. It handles heap arrays and
 * JSON, not models or training. Reading a malformed file throws a {@link
 * io.github.vqvae4j.io.BadFileException}, which names the file, the position and the problem.
 */
package io.github.vqvae4j.io;
