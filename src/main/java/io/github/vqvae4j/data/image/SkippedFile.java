package io.github.vqvae4j.data.image;

import java.nio.file.Path;

/**
 * A file that was skipped because it cannot be read.
 *
 * @param file the file
 * @param reason the error message, which contains the file name
 */
public record SkippedFile(Path file, String reason) {}
