package io.github.vqvae4j.data;

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
 * formats). Everything else is refused: links, devices, long names, names that lead out of the
 * folder, and more than the limits allow.
 */
final class TarGz {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final String REMEDY = "; get the archive anew";

  private final Path archive;
  private final Path folder;

  private TarGz(Path archive, Path folder) {
    this.archive = archive;
    this.folder = folder.toAbsolutePath().normalize();
  }

  /**
   * Unpacks an archive. What is in each file is forced to the disk.
   *
   * @param folder where to; made if it is missing
   * @param mostEntries how many files and folders there may be
   * @param mostBytes how many bytes they may have in all
   * @throws BadFileException if the archive is damaged, or has other entries
   */
  static void unpack(Path archive, Path folder, int mostEntries, long mostBytes)
      throws IOException {
    try (InputStream in =
        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
      new TarGz(archive, folder).unpack(in, mostEntries, mostBytes);
    } catch (ZipException | EOFException e) {
      throw new BadFileException(
          archive,
          "gzip data",
          "corrupt or cut off (" + e.getMessage() + "), expected intact gzip data" + REMEDY,
          e);
    }
  }

  private void unpack(InputStream in, int mostEntries, long mostBytes) throws IOException {
    Files.createDirectories(folder);
    long left = mostBytes;
    for (int entry = 0; ; entry++) {
      String place = "entry " + entry;
      byte[] header = in.readNBytes(BLOCK);
      if (header.length < BLOCK) {
        throw bad(place, "the archive ends before its end mark, expected a header" + REMEDY);
      }
      if (isZero(header)) {
        // Reading on to the end makes gzip compare its checksum.
        in.transferTo(OutputStream.nullOutputStream());
        return;
      }
      checkSum(place, header);
      long size = octal(place, header, 124, 12);
      left -= size;
      if (entry >= mostEntries || left < 0) {
        throw bad(
            place,
            "got more than "
                + (left < 0 ? mostBytes + " bytes" : mostEntries + " entries")
                + " up to here, expected no more in such an archive"
                + REMEDY);
      }
      write(place, header, size, in);
    }
  }

  private void write(String place, byte[] header, long size, InputStream in) throws IOException {
    String name = name(header);
    Path target = inside(place, name);
    char type = (char) header[TYPE];
    try {
      // Up to 1988 a folder was a file whose name ends in a slash.
      if (type == '5' || type == 0 && name.endsWith("/")) {
        Files.createDirectories(target);
        return;
      }
      if (type != '0' && type != 0) {
        throw bad(
            place,
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
      throw bad(place, "got " + name + ", expected none within or above a file" + REMEDY);
    }
    in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
  }

  private static void copy(InputStream in, OutputStream out, long size) throws IOException {
    byte[] buffer = new byte[1 << 16];
    for (long left = size; left > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException("within a file");
      }
      out.write(buffer, 0, count);
      left -= count;
    }
  }

  private Path inside(String place, String name) throws BadFileException {
    // A colon or a backslash means something to Windows that it does not mean here, and letters
    // beyond ASCII are not the same in every locale.
    boolean plain = name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '\\' && c != ':');
    Path target = plain ? folder.resolve(name).normalize() : null;
    if (target == null || !target.startsWith(folder)) {
      throw bad(
          place,
          "got the name "
              + name
              + ", expected one of ASCII that stays within the folder; do not use this archive");
    }
    return target;
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    // Only POSIX's own format has the first part of a long name here.
    boolean posix = text(header, 257, 6).equals("ustar") && header[262] == 0;
    String prefix = posix ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /** The sum of all bytes, those of the sum itself taken as spaces. */
  private void checkSum(String place, byte[] header) throws BadFileException {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : header[i] & 0xff;
    }
    long expected = octal(place, header, CHECKSUM, 8);
    if (sum != expected) {
      throw bad(
          place,
          "got the checksum " + sum + ", expected " + expected + " as the header says" + REMEDY);
    }
  }

  private long octal(String place, byte[] header, int from, int length) throws BadFileException {
    String digits = text(header, from, length).strip();
    if (!digits.matches("[0-7]{1,12}")) {
      throw bad(place, "got the number \"" + digits + "\", expected octal digits" + REMEDY);
    }
    return Long.parseLong(digits, 8);
  }

  private static String text(byte[] header, int from, int length) {
    int end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(header, from, end - from, StandardCharsets.UTF_8);
  }

  private static boolean isZero(byte[] block) {
    for (byte value : block) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private BadFileException bad(String place, String problem) {
    return new BadFileException(archive, place, problem);
  }
}
