package io.github.vqvae4j.data.datasets;

/**
 * A file to download.
 *
 * @param name the file name, on each mirror and in the cache
 * @param bytes the length in bytes
 * @param sha256 the SHA-256, 64 lower-case hexadecimal digits
 * @param unpacked the folder in a tar.gz archive that replaces the archive in the cache; null for a
 *     plain file
 */
record RemoteFile(String name, long bytes, String sha256, String unpacked) {
  /** Creates a plain file. */
  static RemoteFile of(String name, long bytes, String sha256) {
    return new RemoteFile(name, bytes, sha256, null);
  }

  /** Returns the name of the final file or folder. */
  String result() {
    return unpacked == null ? name : unpacked;
  }
}
