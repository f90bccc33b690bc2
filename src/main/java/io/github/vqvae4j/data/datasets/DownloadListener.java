package io.github.vqvae4j.data.datasets;

/** Receives the progress of a download. */
@FunctionalInterface
public interface DownloadListener {
  /** A listener that does nothing. */
  DownloadListener NONE = progress -> {};

  /**
   * Called by the downloading thread when data has been received, thousands of times for a large
   * file. An exception aborts the download; the received data is kept.
   *
   * @param progress the progress
   */
  void onProgress(DownloadProgress progress);
}
