package io.github.vqvae4j.io;

import java.io.ByteArrayOutputStream;
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
 * Names of files as text, whatever the locale. Without one ({@code LC_ALL=C}, many containers) Java
 * decodes names as ASCII: {@link Path#toString} of two files can then be equal, while the paths
 * themselves, and their URIs, keep the bytes.
 */
public final class FileNames {
  /** What stands for bytes that could not be decoded. */
  private static final char REPLACEMENT = '\uFFFD';

  /** How Java decodes names of files on Linux and macOS. */
  private static final String ENCODING = System.getProperty("sun.jnu.encoding", "UTF-8");

  private FileNames() {}

  /**
   * Returns the last name of a path: the same text on every system and in every locale.
   *
   * @param path any path
   * @return the name, decoded as UTF-8 and composed (Unicode's form C); bytes that are no UTF-8 and
   *     not in the locale's encoding are written as {@code \xE4}
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
      // A name from a system of another encoding, which may be that of the locale.
      return text.indexOf(REPLACEMENT) < 0 ? text : escaped(bytes);
    }
  }

  /**
   * Returns a file of a name that the locale may have no letters for, where {@link
   * Path#resolve(String)} throws.
   *
   * @param folder where the file is or will be
   * @param name the name, as {@link #name} gives it
   * @return the path
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
   * Returns a whole path as text for messages.
   *
   * @param path any path
   * @return {@link Path#toString}; where that has lost letters, its names decoded as by {@link
   *     #name}, but not composed; {@link MessageText#escaped}
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
   * Returns what to do where a path is wrong because it was made of text that had lost its letters.
   *
   * @param path a path under which nothing is
   * @return the end of a message; empty unless the locale can be the reason
   */
  public static String hint(Path path) {
    String text = path.toAbsolutePath().toString();
    boolean lost = text.indexOf('?') >= 0 || text.indexOf(REPLACEMENT) >= 0;
    return lost && !ENCODING.startsWith("UTF")
        ? "; names of files are "
            + ENCODING
            + " in the locale of this process, and other letters in a path are lost: run the program"
            + " with LC_ALL=C.UTF-8"
        : "";
  }

  /**
   * Checks that a file can be written where the user expects it: in the default file system, since
   * in others, such as a zip archive, nothing can be forced to the disk. Without a locale Java may
   * not know the name of the working directory, and would make another folder, of question marks.
   *
   * @param path a file or folder that is about to be made
   * @throws IOException if it is in another file system, or relative, and there is no folder of the
   *     working directory's name
   */
  public static void requirePlace(Path path) throws IOException {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IOException(
          "Cannot write "
              + path
              + ": it is in a file system of the provider "
              + path.getFileSystem().provider().getScheme()
              + ", expected one in the default file system; write the file there and copy it with"
              + " Files.copy");
    }
    Path here = path.getFileSystem().getPath("").toAbsolutePath();
    if (!path.isAbsolute() && !Files.isDirectory(here)) {
      throw new IOException(
          "Cannot write "
              + path(path)
              + ": there is no folder "
              + here
              + ", as Java calls the working directory; give an absolute path"
              + hint(here));
    }
  }

  /** Whether a text is what the bytes are as UTF-8: asking the URI takes many times longer. */
  private static boolean isExact(String text) {
    return text.chars().allMatch(c -> c < 0x80)
        || ENCODING.startsWith("UTF") && text.indexOf(REPLACEMENT) < 0;
  }

  /** A URI has the bytes of a name, those that are no letters as %E4. */
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
