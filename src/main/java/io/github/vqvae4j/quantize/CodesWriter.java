package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.LockFile;
import io.github.vqvae4j.log.internal.Log;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;

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
 * <p>The blocks are written to {@code images.codes.partial}, which {@link #finish} renames. {@link
 * #close} deletes it if the file was not finished, unless the writer was opened by {@link #resume}.
 * While it is written, {@code images.codes.lock} is locked, so that a second writer of the same
 * file, in this process or another, is rejected. If {@code images.codes} is a symbolic link, all of
 * them are beside the file to which it leads, which is replaced.
 */
public final class CodesWriter implements Closeable {
  /** The end of the name of an unfinished file, after the name of the file. */
  public static final String PARTIAL = ".partial";

  private static final Logger LOG = Log.of(CodesWriter.class);
  private static final String LOCK = ".lock";
  private static final int BUFFER_BYTES = 1 << 16;

  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  private final Path file;
  private final Path partial;
  private final boolean resumable;
  private final LockFile lock;

  /** What a resumed file had when it was opened; empty if nothing. */
  private final Optional<WholeBlocks> resumed;

  private final FileOutputStream target;
  private final BufferedOutputStream out;

  /** Null before the first codes. */
  private CodesHeader header;

  /** Fewer images than a block, or null. */
  private Codes pending;

  private long written;

  /** Whether this writer has changed the file. */
  private boolean changed;

  private boolean closed;

  private CodesWriter(Path file, boolean resumable) throws IOException {
    FileNames.requireValidTarget(file);
    this.file = target(file);
    if (Files.isDirectory(this.file)) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(file)
              + ": it is a folder, expected a file; choose another name or remove the folder");
    }
    Path folder = this.file.getParent();
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(file)
              + ": there is no folder "
              + FileNames.path(folder)
              + "; create it or choose another");
    }
    partial = partialOf(this.file);
    this.resumable = resumable;
    File partialFile = FileNames.file(partial);
    lock = lock();
    try {
      resumed = resumable ? WholeBlocks.of(partial) : Optional.empty();
      written = resumed.map(WholeBlocks::images).orElse(0L);
      header = written > 0 ? resumed.get().header() : null;
      target = open(partialFile, resumed.isPresent());
      out = new BufferedOutputStream(target, BUFFER_BYTES);
    } catch (Throwable failure) {
      try (lock) {
        throw failure;
      }
    }
  }

  /** Returns the file to which a path leads by symbolic links, which are not replaced. */
  private static Path target(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return file.toAbsolutePath().normalize();
    }
    Path target = file.toAbsolutePath();
    for (int i = 0; Files.isSymbolicLink(target); i++) {
      if (i == MAX_LINKS) {
        throw new IOException(
            "Cannot write "
                + FileNames.path(file)
                + ": expected a file or a link to one, got links that lead to each other; delete"
                + " them or choose another name");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static Path partialOf(Path target) {
    return FileNames.resolve(target.getParent(), FileNames.name(target) + PARTIAL);
  }

  /**
   * Returns the unfinished file of a code file.
   *
   * @param file the code file, which need not exist, or a symbolic link to it
   * @return the path of the unfinished file, which need not exist
   * @throws IOException if a link cannot be read, or links lead to each other
   */
  public static Path partial(Path file) throws IOException {
    return partialOf(target(file));
  }

  private LockFile lock() throws IOException {
    Optional<LockFile> acquired;
    try {
      acquired = LockFile.acquire(FileNames.resolve(file.getParent(), FileNames.name(file) + LOCK));
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    return acquired.orElseThrow(
        () ->
            new IOException(
                "Cannot write "
                    + FileNames.path(file)
                    + ": another writer, in this process or another, is writing it; wait for its"
                    + " end or stop it, or choose another name"));
  }

  private FileOutputStream open(File partialFile, boolean append) throws IOException {
    try {
      return new FileOutputStream(partialFile, append);
    } catch (FileNotFoundException e) {
      throw cannotWrite(e);
    }
  }

  private IOException cannotWrite(IOException cause) {
    return new IOException(
        "Cannot write "
            + FileNames.path(file)
            + ": its folder cannot be written to ("
            + cause
            + "); choose another folder or change its permissions",
        cause);
  }

  /**
   * Starts a file.
   *
   * @param file the file, in an existing folder; an existing file is replaced by {@link #finish}
   * @return a writer without codes
   * @throws IOException if the file cannot be written, or another writer is writing it
   */
  public static CodesWriter create(Path file) throws IOException {
    return new CodesWriter(file, false);
  }

  /**
   * Continues an unfinished file after its last whole block, or starts it if there is none. What
   * follows that block, such as a block that is truncated or whose checksum does not match, is cut
   * off when codes are written; a writer that is closed before leaves the file as it was. The next
   * codes to add are those of image {@link #count}. {@link #close} then keeps the whole blocks of
   * an unfinished file, so that it can be continued again.
   *
   * <pre>{@code
   * try (CodesWriter writer = CodesWriter.resume(Path.of("images.codes"))) {
   *   while (writer.count() < images.size()) {
   *     int from = (int) writer.count();
   *     writer.add(model.encode(images.range(from, Math.min(from + 1_000, images.size()))));
   *   }
   *   writer.finish();
   * }
   * }</pre>
   *
   * @param file the file, in an existing folder; an existing file is replaced by {@link #finish}
   * @return a writer with the codes of the whole blocks
   * @throws BadFileException if the unfinished file is not a code file, or its header is corrupt
   * @throws IOException if the file cannot be read or written, or another writer is writing it
   */
  public static CodesWriter resume(Path file) throws IOException {
    return new CodesWriter(file, true);
  }

  /**
   * Starts a resumed file anew, as if it had no whole blocks, for codes that are all known. Its
   * blocks are cut off when codes are written.
   *
   * @throws IllegalStateException if codes were added, or the file is finished or closed
   */
  public void restart() {
    requireOpen();
    if (changed || pending != null) {
      throw new IllegalStateException(
          "CodesWriter.restart: expected a file to which no codes were added, got one of "
              + Counts.of(count(), "image")
              + ". Call restart before add, or create another writer.");
    }
    written = 0;
    header = null;
  }

  /**
   * Returns the number of images in the file: those of the whole blocks of a resumed file, unless
   * it was {@linkplain #restart restarted}, and those added since.
   *
   * @return the number of images
   */
  public long count() {
    return written + (pending == null ? 0 : pending.count());
  }

  /**
   * Returns the last whole block of a resumed file, the images before {@link #count} when it was
   * opened, to check that the codes to add continue it.
   *
   * @return the codes; empty if the file has no whole block
   */
  public Optional<Codes> lastBlock() {
    return resumed.flatMap(WholeBlocks::last);
  }

  /**
   * Returns the hash of the model that encoded a resumed file, even if the file has no whole block.
   *
   * @return the hash; empty if the file was started, or its codes have none
   */
  public Optional<String> modelHash() {
    return resumed.flatMap(blocks -> blocks.header().modelHash());
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
      put(header.toBytes());
    } else if (!header.equals(CodesHeader.of(codes))) {
      throw new IllegalArgumentException(
          "CodesWriter.add: expected codes like those added before: "
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
    put(CodesBlock.pack(header, block));
    written += block.count();
  }

  private void put(byte[] bytes) throws IOException {
    try {
      if (!changed) {
        cut();
        changed = true;
      }
      out.write(bytes);
    } catch (NoSuchFileException e) {
      throw deleted(e);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Cuts off what follows the whole blocks; without any, also the header. */
  private void cut() throws IOException {
    if (!Files.exists(partial)) {
      throw new NoSuchFileException(FileNames.path(partial)); // and not started by the next line
    }
    long end = written > 0 ? resumed.get().end() : 0;
    // Not a FileChannel, which an interrupted thread closes.
    try (RandomAccessFile all = new RandomAccessFile(FileNames.file(partial), "rw")) {
      if (all.length() > end) {
        LOG.info(
            "{}: {} bytes after the {} images of its whole blocks are cut off",
            FileNames.path(partial),
            all.length() - end,
            written);
        all.setLength(end);
      }
    }
  }

  private IOException failed(IOException cause) {
    return new IOException(
        "Cannot write "
            + FileNames.path(partial)
            + " ("
            + cause.getMessage()
            + "); make room or choose another folder"
            + (resumable ? "; the same call continues the file" : ""),
        cause);
  }

  private IOException deleted(IOException cause) {
    return new IOException(
        "Cannot write "
            + FileNames.path(file)
            + ": expected its unfinished file, got none, as "
            + FileNames.path(partial)
            + " was deleted or moved while it was written; write all codes again",
        cause);
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
    put(CodesBlock.end(written));
    try {
      out.flush();
      target.getFD().sync();
      out.close();
    } catch (IOException e) {
      throw failed(e);
    }
    try {
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw deleted(e);
    }
    closed = true;
    try (lock) {
      AtomicFile.forceFolder(file.getParent());
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "CodesWriter: expected an open writer, got one that is finished or closed. Create"
              + " another.");
    }
  }

  /**
   * Closes the writer. Unless {@link #finish} has completed the file, its whole blocks are kept if
   * it was opened by {@link #resume}, and deleted otherwise. A resumed file to which nothing was
   * added stays as it was.
   */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (lock) {
      boolean isUnchanged = resumed.isPresent() && !changed;
      if (isUnchanged || resumable && written > 0) {
        out.close();
      } else {
        try {
          target.close();
        } finally {
          Files.deleteIfExists(partial);
        }
      }
    }
  }
}
