package io.github.vqvae4j.data;

import java.nio.file.Path;

/**
 * A file that was left out.
 *
 * @param file the file
 * @param reason what is wrong with it, with its name
 */
public record SkippedFile(Path file, String reason) {}
