package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Reads a code file block by block, in memory that does not depend on the number of images.
 *
 * <pre>{@code
 * try (CodesReader reader = CodesReader.open(Path.of("images.codes"))) {
 *   for (Optional<Codes> next = reader.next(); next.isPresent(); next = reader.next()) {
 *     System.out.println(next.get()); // Codes[167, 7, 7] of a codebook of 512, with labels
 *   }
 * }
 * }</pre>
 *
 * <p><b>Format</b>, version 1. All integers are little-endian; i32 and i64 are signed. A file is a
 * header, blocks, and an end marker; each ends with the CRC-32C of its other bytes (RFC 3720).
 *
 * <table>
 *   <caption>Parts of a code file</caption>
 *   <tr><th>part</th><th>content</th></tr>
 *   <tr><td>header</td><td>the bytes 89 56 51 43 4F 44 45 00; i32 version; i32 length of the
 *       following fields; i32 number of axes and i32 size of each axis of the positions of an image,
 *       without the batch; i32 groups; i32 stages; i32 size of each codebook; i32 images per block;
 *       i32 length of the model's hash, 0 or 32; the hash; i32 height and width of the images if they
 *       were padded, nothing otherwise</td></tr>
 *   <tr><td>block</td><td>i32 number of images, less than that of the header only in the last block;
 *       u8 flags; if flag 1 is set, the i32 label of each image, or -1; the packed codes</td></tr>
 *   <tr><td>end marker</td><td>i32 0; i64 number of all images</td></tr>
 * </table>
 *
 * <p>The codes are in the order of {@link Codes#values()}. A code of a codebook of K has as many
 * bits as K - 1, at least one; if flag 2 is set, the codes are stored plus one, 0 is a missing
 * code, and a code has as many bits as K. The first code is in the lowest bits of the first byte.
 * Unused bits of the last byte are 0.
 */
public final class CodesReader implements Closeable {
  private final CodesFile file;
  private CodesFile.Place place;

  private CodesReader(CodesFile file) {
    this.file = file;
    place = file.beforeFirst();
  }

  /**
   * Opens a code file.
   *
   * @param file the file
   * @return a reader at the first block
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if the header is corrupt, of another kind of file or of a later
   *     version
   * @throws IOException if the file cannot be read
   */
  public static CodesReader open(Path file) throws IOException {
    return new CodesReader(CodesFile.open(file));
  }

  /**
   * Reads the next block. A truncated file gives all of its whole blocks, and then the exception.
   *
   * @return the codes of the next images; empty after the last
   * @throws BadFileException if the block is corrupt, or the file ends without the end marker
   * @throws IllegalStateException if the reader is closed
   * @throws InsufficientMemoryException if the heap is too small for the block
   * @throws IOException if the file cannot be read
   */
  public Optional<Codes> next() throws IOException {
    Optional<CodesFile.Place> next = file.after(place);
    if (next.isEmpty()) {
      return Optional.empty();
    }
    Codes codes = file.read(next.get());
    place = next.get();
    return Optional.of(codes);
  }

  /**
   * Returns the hash of the model that encoded the codes.
   *
   * @return 64 hexadecimal digits; empty if the codes were not encoded by a model
   */
  public Optional<String> modelHash() {
    return file.header().modelHash();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
