package io.github.vqvae4j.data.datasets;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.vqvae4j.io.BadFileException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unpacks tar.gz archives of plain files and folders (POSIX.1-1988, "ustar", and the older
 * formats). Rejects everything else: links, devices, long names, names outside the folder, and
 * archives that exceed the limits.
 */
final class TarGz {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final String REMEDY = "; download the archive again";

  private final Path archive;
  private final Path folder;

  private TarGz(Path archive, Path folder) {
    this.archive = archive;
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Unpacks an archive. The content of each file is flushed to disk.
   *
   * @param folder the target folder; created if missing
   * @param maxEntries the maximum number of files and folders
   * @param maxBytes the maximum total number of bytes
   * @throws BadFileException if the archive is corrupt or contains entries of other kinds
   */
  static void unpack(Path archive, Path folder, int maxEntries, long maxBytes) throws IOException {
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      new TarGz(archive, folder).unpack(in, maxEntries, maxBytes);
    } catch (ZipException | EOFException e) {
      throw new BadFileException(
          archive,
          "gzip data",
          "corrupt or truncated (" + e.getMessage() + "), expected intact gzip data" + REMEDY,
          e);
    }
  }

  private void unpack(InputStream in, int maxEntries, long maxBytes) throws IOException {
    Files.createDirectories(folder);
    long remaining = maxBytes;
    for (int entry = 0; ; entry++) {
      String location = "entry " + entry;
      byte[] header = in.readNBytes(BLOCK);
      if (header.length < BLOCK) {
        throw bad(location, "the archive ends before its end mark, expected a header" + REMEDY);
      }
      if (isZero(header)) {
        // Reading to the end makes gzip verify its checksum.
        in.transferTo(OutputStream.nullOutputStream());
        return;
      }
      verifyChecksum(location, header);
      long size = octal(location, header, 124, 12);
      remaining -= size;
      if (entry >= maxEntries || remaining < 0) {
        throw bad(
            location,
            "got more than "
                + (remaining < 0 ? maxBytes + " bytes" : maxEntries + " entries")
                + " so far, expected at most that many in such an archive"
                + REMEDY);
      }
      write(location, header, size, in);
    }
  }

  private void write(String location, byte[] header, long size, InputStream in) throws IOException {
    String name = name(header);
    Path target = resolve(location, name);
    char type = (char) header[TYPE];
    try {
      // Before 1988, a folder was a file whose name ends in a slash.
      if (type == '5' || type == 0 && name.endsWith("/")) {
        Files.createDirectories(target);
        return;
      }
      if (type != '0' && type != 0) {
        throw bad(
            location,
            "got " + name + " of type '" + type + "', expected a plain file or a folder" + REMEDY);
      }
      Files.createDirectories(target.getParent());
      if (Files.isDirectory(target)) {
        throw new FileAlreadyExistsException(name);
      }
      try (FileChannel file = FileChannel.open(target, CREATE, TRUNCATE_EXISTING, WRITE)) {
        copy(in, Channels.newOutputStream(file), size);
        file.force(true);
      }
    } catch (FileAlreadyExistsException e) {
      throw bad(
          location,
          "got " + name + ", expected no entry inside or in place of another file" + REMEDY);
    }
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private static void copy(InputStream in, OutputStream out, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long remaining = size; remaining > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(remaining, buffer.length));
      if (count < 0) {
        throw new EOFException("within a file");
      }
      out.write(buffer, 0, count);
      remaining -= count;
    }
  }

  private Path resolve(String location, String name) throws BadFileException {
    // Colons and backslashes are special on Windows, and non-ASCII characters depend on the locale.
    boolean plain = name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\\' && c != ':');
    Path target = plain ? folder.resolve(name).normalize() : null;
    if (target == null || !target.startsWith(folder)) {
      throw bad(
          location,
          "got the name "
              + name
              + ", expected an ASCII name inside the folder; do not use this archive");
    }
    return target;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    // Only the POSIX format stores the prefix of a long name here.
    boolean posix = text(header, 257, 6).equals("ustar") && header[262] == 0;
    String prefix = posix ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /**
   * Verifies the checksum, the sum of all bytes with those of the checksum itself replaced by
   * spaces.
   */
  private void verifyChecksum(String location, byte[] header) throws BadFileException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : header[i] & 0xff;
    }
    long expected = octal(location, header, CHECKSUM, 8);
    if (sum != expected) {
      throw bad(
          location,
          "got the checksum " + sum + ", expected " + expected + " as in the header" + REMEDY);
    }
  }

  private long octal(String location, byte[] header, int start, int length)
      throws BadFileException {
    String digits = text(header, start, length).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw bad(location, "got the number \"" + digits + "\", expected octal digits" + REMEDY);
    }
    return Long.parseLong(digits, 8);
  }

  private static String text(byte[] header, int start, int length) {
    int end = start;
    while (end < start + length && header[end] != 0) {
      end++;
    }
    return new String(header, start, end - start, StandardCharsets.UTF_8);
  }

  private static boolean isZero(byte[] block) {
    for (byte value : block) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private BadFileException bad(String location, String problem) {
    return new BadFileException(archive, location, problem);
  }
}
