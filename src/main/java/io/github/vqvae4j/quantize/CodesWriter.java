package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.FileNames;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes a code file part by part, in memory that does not depend on the number of images. {@link
 * CodesReader} describes the format.
 *
 * <pre>{@code
 * try (CodesWriter writer = CodesWriter.create(Path.of("images.codes"))) {
 *   for (int from = 0; from < images.size(); from += 1_000) {
 *     writer.add(model.encode(images.range(from, Math.min(from + 1_000, images.size()))));
 *   }
 *   writer.finish();
 * }
 * }</pre>
 *
 * <p>The blocks are written to {@code images.codes.partial}, which {@link #finish} renames and
 * {@link #close} deletes if the file was not finished.
 */
public final class CodesWriter implements Closeable {
  private static final String SUFFIX = ".partial";
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;
  private final Path partial;
  private final FileOutputStream target;
  private final BufferedOutputStream out;

  /** Null before the first codes. */
  private CodesHeader header;

  /** Fewer images than a block, or null. */
  private Codes pending;

  private long written;
  private boolean closed;

  private CodesWriter(Path file) throws IOException {
    FileNames.requireValidTarget(file);
    this.file = file.toAbsolutePath().normalize();
    partial = FileNames.resolve(this.file.getParent(), FileNames.name(file) + SUFFIX);
    target = new FileOutputStream(partial.toFile());
    out = new BufferedOutputStream(target, BUFFER_BYTES);
  }

  /**
   * Starts a file.
   *
   * @param file the file, in an existing folder; an existing file is replaced by {@link #finish}
   * @return a writer without codes
   * @throws IOException if the file cannot be written
   */
  public static CodesWriter create(Path file) throws IOException {
    return new CodesWriter(file);
  }

  /**
   * Adds the codes and labels of one or more images.
   *
   * @param codes codes with the codebooks, the shape except for the batch, and the model hash of
   *     those added before
   * @throws IllegalArgumentException if they differ
   * @throws IllegalStateException if the file is finished or closed
   * @throws IOException if the file cannot be written
   */
  public void add(Codes codes) throws IOException {
    requireOpen();
    if (header == null) {
      header = CodesHeader.of(codes);
      out.write(header.toBytes());
    } else if (!header.equals(CodesHeader.of(codes))) {
      throw new IllegalArgumentException(
          "CodesWriter.add: expected codes like those added before, "
              + header
              + ", got "
              + CodesHeader.of(codes)
              + ". Write the codes of another model or image size to another file.");
    }
    Codes all = pending == null ? codes : Codes.concat(pending, codes);
    int from = 0;
    for (; all.count() - from >= header.imagesPerBlock(); from += header.imagesPerBlock()) {
      write(all.range(from, from + header.imagesPerBlock()));
    }
    pending = from == all.count() ? null : all.range(from, all.count());
  }

  private void write(Codes block) throws IOException {
    out.write(CodesBlock.pack(header, block));
    written += block.count();
  }

  /**
   * Completes the file: writes the last block and the end marker, and gives the file its name.
   *
   * @throws IllegalStateException if no codes were added, or the file is finished or closed
   * @throws IOException if the file cannot be written
   */
  public void finish() throws IOException {
    requireOpen();
    if (header == null) {
      throw new IllegalStateException(
          "CodesWriter.finish: expected codes of one or more images, got none. Call add first.");
    }
    if (pending != null) {
      write(pending);
      pending = null;
    }
    out.write(CodesBlock.end(written));
    out.flush();
    target.getFD().sync();
    out.close();
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    closed = true;
    AtomicFile.forceFolder(file.getParent());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "CodesWriter: expected an open writer, got one that is finished or closed. Create"
              + " another.");
    }
  }

  /** Closes the writer. Unless {@link #finish} has completed the file, its blocks are deleted. */
  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        target.close();
      } finally {
        Files.deleteIfExists(partial);
      }
    }
  }
}
