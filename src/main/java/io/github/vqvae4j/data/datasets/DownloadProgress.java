package io.github.vqvae4j.data.datasets;

import java.net.URI;

/**
 * The progress of a download.
 *
 * @param file the name of the file
 * @param source the URL of the file
 * @param bytes the number of bytes received, including those of earlier attempts
 * @param totalBytes the length of the file in bytes
 */
public record DownloadProgress(String file, URI source, long bytes, long totalBytes) {}
