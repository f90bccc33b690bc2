package io.github.vqvae4j.data;

/** Somebody who is told how far a download is. */
@FunctionalInterface
public interface DownloadListener {
  /** Does nothing. */
  DownloadListener NONE = progress -> {};

  /**
   * Called on the downloading thread whenever bytes have come, some thousand times for a large
   * file. An exception ends the download; what has come is kept.
   *
   * @param progress how far it is
   */
  void onProgress(DownloadProgress progress);
}
