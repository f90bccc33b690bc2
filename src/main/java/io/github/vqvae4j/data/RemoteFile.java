package io.github.vqvae4j.data;

/**
 * A file that is to be downloaded.
 *
 * @param name under each mirror's address and in the cache
 * @param bytes its length
 * @param sha256 its SHA-256, 64 lower-case hexadecimal digits
 * @param unpacked the folder that it holds if it is a tar.gz archive, which takes its place in the
 *     cache; null for a file that is kept as it is
 */
record RemoteFile(String name, long bytes, String sha256, String unpacked) {
  /** A file that is kept as it is. */
  static RemoteFile of(String name, long bytes, String sha256) {
    return new RemoteFile(name, bytes, sha256, null);
  }

  /** The name of the file or folder that is there when all is done. */
  String result() {
    return unpacked == null ? name : unpacked;
  }
}
