package io.github.vqvae4j.io;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * File names as text, independent of the locale. Without a locale ({@code LC_ALL=C}, as in many
 * containers), Java decodes file names as ASCII. {@link Path#toString} may then return the same
 * text for different files, while the paths and their URIs keep the original bytes.
 */
public final class FileNames {
  /** The replacement character for bytes that cannot be decoded. */
  private static final char REPLACEMENT = '\uFFFD';

  /** The encoding that Java uses for file names on Linux and macOS. */
  private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

  private FileNames() {}

  /**
   * Returns the file name of a path, which is the same text on every system and in every locale.
   *
   * @param path any path
   * @return the name, decoded as UTF-8 and normalized to NFC; bytes that are valid neither in UTF-8
   *     nor in the locale's encoding are written as {@code \xE4}
   */
  public static String name(Path path) {
    return Normalizer.normalize(decoded(path), Normalizer.Form.NFC);
  }

  private static String decoded(Path path) {
    Path last = path.getFileName();
    String text = String.valueOf(last == null ? path : last);
    if (last == null || isExact(text) || !path.getFileSystem().equals(FileSystems.getDefault())) {
      return text;
    }
    byte[] bytes = bytes(last);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // The name has another encoding, possibly that of the locale.
      return text.indexOf(REPLACEMENT) < 0 ? text : escaped(bytes);
    }
  }

  /**
   * Resolves a file name, even if the locale cannot represent it and {@link Path#resolve(String)}
   * throws an exception.
   *
   * @param folder the folder
   * @param name the file name, as returned by {@link #name}
   * @return the path of the file
   */
  public static Path resolve(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      String uri = folder.toUri().toASCIIString();
      String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
      return Path.of(URI.create(uri + (uri.endsWith("/") ? "" : "/") + encoded));
    }
  }

  /**
   * Formats a path for messages.
   *
   * @param path any path
   * @return {@link Path#toString} or, if decoding lost characters, the names decoded as by {@link
   *     #name} but not normalized; with special characters escaped as by {@link
   *     MessageText#escaped}
   */
  public static String path(Path path) {
    if (path.toString().indexOf(REPLACEMENT) < 0) {
      return MessageText.escaped(path.toString());
    }
    List<String> names = new ArrayList<>();
    path.forEach(name -> names.add(decoded(name)));
    String separator = path.getFileSystem().getSeparator();
    String root = path.getRoot() == null ? "" : path.getRoot().toString();
    return MessageText.escaped(root + String.join(separator, names));
  }

  /**
   * Returns advice for a path that may be wrong because its text has lost characters.
   *
   * @param path a path that does not exist
   * @return the end of an error message; empty unless the locale may be the cause
   */
  public static String hint(Path path) {
    String text = path.toAbsolutePath().toString();
    boolean lost = text.indexOf('?') >= 0 || text.indexOf(REPLACEMENT) >= 0;
    return lost && !ENCODING.startsWith("UTF")
        ? "; the locale of this process encodes file names as "
            + ENCODING
            + ", which loses other characters: run the program with LC_ALL=C.UTF-8"
        : "";
  }

  /**
   * Checks that a path is suitable for writing. It must be in the default file system, because
   * others, such as zip archives, cannot force data to disk. Also, without a locale Java may not
   * know the name of the working directory, and would create another folder with a name of question
   * marks.
   *
   * @param path a file or folder to be created
   * @throws IOException if the path is in another file system, or if it is relative and the working
   *     directory cannot be found
   */
  public static void requireValidTarget(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IOException(
          "Cannot write "
              + path
              + ": it is in a file system of the provider "
              + path.getFileSystem().provider().getScheme()
              + ", expected the default file system; write the file there and copy it with"
              + " Files.copy");
    }
    Path workingDirectory = path.getFileSystem().getPath("").toAbsolutePath();
    if (!path.isAbsolute() && !Files.isDirectory(workingDirectory)) {
      throw new IOException(
          "Cannot write "
              + path(path)
              + ": cannot find the working directory "
              + workingDirectory
              + "; use an absolute path"
              + hint(workingDirectory));
    }
  }

  /**
   * Returns a path as a {@link File}, for classes that read or write at any position and that
   * interrupts do not close.
   *
   * @param path the path of a file, which need not exist
   * @return the file
   * @throws IOException if the path is in another file system, such as a zip archive, or its name
   *     cannot be represented in the locale of this process
   */
  public static File file(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IOException(
          "Cannot open "
              + path
              + ": it is in a file system of the provider "
              + path.getFileSystem().provider().getScheme()
              + ", expected the default file system; copy the file there with Files.copy");
    }
    if (!isRepresentable(path)) {
      throw new IOException(
          "Cannot open " + path(path) + ": Java cannot represent its name" + hint(path));
    }
    return path.toFile();
  }

  private static boolean isRepresentable(Path path) {
    try {
      return path.toFile().toPath().equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns whether a text is decoded correctly. This is many times faster than using the URI. */
  private static boolean isExact(String text) {
    return text.chars().allMatch(c -> c < 0x80)
        || ENCODING.startsWith("UTF") && text.indexOf(REPLACEMENT) < 0;
  }

  /** Returns the bytes of a name, taken from its URI, where special bytes are escaped as %E4. */
  private static byte[] bytes(Path name) {
    String uri = name.toUri().toASCIIString();
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = uri.lastIndexOf('/', end - 1) + 1; i < end; i++) {
      if (uri.charAt(i) == '%') {
        bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(uri.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte value : bytes) {
      text.append(value >= 0 ? (char) value : String.format("\\x%02X", value));
    }
    return text.toString();
  }
}
