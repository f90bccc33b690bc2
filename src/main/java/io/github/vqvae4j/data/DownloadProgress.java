package io.github.vqvae4j.data;

import java.net.URI;

/**
 * How far a download is.
 *
 * @param file the name of the file
 * @param source where it comes from
 * @param bytes that are there, with those of an earlier attempt
 * @param totalBytes of the whole file
 */
public record DownloadProgress(String file, URI source, long bytes, long totalBytes) {}
