package io.github.vqvae4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * What a file is that is no PNG, JPEG or BMP, whatever its name ends in.
 *
 * @param name the kind with its article, or with "not an image" where it is none
 * @param remedy what to do
 */
record FileKind(String name, String remedy) {
  private static final String CONVERT = "convert it to PNG or JPEG";
  private static final String UNPACK = "unpack it, and give the images in it";
  private static final String NO_IMAGE = "check the path, or get the file anew";
  private static final int TEXT_LENGTH = 512;

  /** Bytes that a kind has at a place, each char for one. */
  private record Signature(int at, String bytes, String name, String remedy) {}

  private static final List<Signature> SIGNATURES =
      List.of(
          new Signature(8, "WEBP", "a WebP image", CONVERT),
          new Signature(8, "WAVE", "not an image but a WAV file", NO_IMAGE),
          new Signature(0, "GIF8", "a GIF image", CONVERT),
          new Signature(0, "II*\0", "a TIFF image", CONVERT),
          new Signature(0, "MM\0*", "a TIFF image", CONVERT),
          new Signature(0, "II+\0", "a TIFF image", CONVERT),
          new Signature(0, "MM\0+", "a TIFF image", CONVERT),
          new Signature(4, "ftypavif", "an AVIF image", CONVERT),
          new Signature(4, "ftypavis", "an AVIF image", CONVERT),
          new Signature(4, "ftypheic", "a HEIC image", CONVERT),
          new Signature(4, "ftypheix", "a HEIC image", CONVERT),
          new Signature(4, "ftyphevc", "a HEIC image", CONVERT),
          new Signature(4, "ftypmif1", "a HEIF image", CONVERT),
          new Signature(4, "ftypmsf1", "a HEIF image", CONVERT),
          new Signature(4, "ftypcrx ", "a raw photograph (CR3)", CONVERT),
          new Signature(4, "ftyp", "not an image but a video (MP4)", "give its frames as images"),
          new Signature(4, "JXL ", "a JPEG XL image", CONVERT),
          new Signature(0, "\u00ff\n", "a JPEG XL image", CONVERT),
          new Signature(4, "jP  ", "a JPEG 2000 image", CONVERT),
          new Signature(0, "\u00ff\u004f\u00ff\u0051", "a JPEG 2000 image", CONVERT),
          new Signature(0, "8BPS", "a Photoshop image", CONVERT),
          new Signature(0, "\0\0\1\0", "an icon (ICO)", CONVERT),
          new Signature(0, "v/1\1", "an OpenEXR image", CONVERT),
          new Signature(0, "qoif", "a QOI image", CONVERT),
          new Signature(0, "DDS ", "a DDS image", CONVERT),
          new Signature(
              0,
              "\u0089PNG",
              "a PNG image whose first bytes are damaged, as by a transfer" + " in text mode",
              "get the file anew"),
          new Signature(0, "%PDF", "not an image but a PDF", "save its pages as images"),
          new Signature(0, "PK\3\4", "not an image but a zip archive", UNPACK),
          new Signature(0, "PK\5\6", "not an image but a zip archive", UNPACK),
          new Signature(0, "\u001f\u008b", "not an image but a gzip archive", UNPACK),
          new Signature(0, "7z\u00bc\u00af", "not an image but a 7z archive", UNPACK),
          new Signature(0, "Rar!", "not an image but a RAR archive", UNPACK),
          new Signature(0, "BZh", "not an image but a bzip2 archive", UNPACK),
          new Signature(257, "ustar", "not an image but a tar archive", UNPACK),
          new Signature(0, "\u0093NUMPY", "not an image but a NumPy array", NO_IMAGE),
          new Signature(0, "\u0089HDF", "not an image but an HDF5 file", NO_IMAGE),
          new Signature(8, "{\"", "not an image but a safetensors file", NO_IMAGE),
          new Signature(
              0, "version https://git-lfs", "not an image but a Git LFS pointer", "git lfs pull"));

  static FileKind of(FileBytes file) throws IOException {
    if (file.size() == 0) {
      return new FileKind("not an image but an empty file", NO_IMAGE);
    }
    for (Signature signature : SIGNATURES) {
      if (file.startsWith(signature.at, signature.bytes)) {
        return new FileKind(signature.name, signature.remedy);
      }
    }
    byte[] start = file.bytes(0, (int) Math.min(file.size(), TEXT_LENGTH));
    if (isZero(start)) {
      return new FileKind("not an image but zeros, as a broken copy leaves", NO_IMAGE);
    }
    return isText(start)
        ? text(new String(start, StandardCharsets.UTF_8).strip().toLowerCase(Locale.ROOT))
        : new FileKind(
            "not an image of a known kind", "convert it to one of these, or check the path");
  }

  private static FileKind text(String start) {
    if (start.contains("<html") || start.startsWith("<!doctype html")) {
      return new FileKind(
          "not an image but a web page (HTML)",
          "get the file anew, since sites answer with a page instead of an image, or check the"
              + " path");
    }
    if (start.contains("<svg")) {
      return new FileKind("an SVG drawing", CONVERT);
    }
    if (start.startsWith("<?xml")) {
      return new FileKind("not an image but XML", NO_IMAGE);
    }
    return start.matches("(?s)p[1-6]\\s+[0-9#].*")
        ? new FileKind("a Netpbm image", CONVERT)
        : new FileKind("not an image but text", NO_IMAGE);
  }

  private static boolean isZero(byte[] bytes) {
    for (byte value : bytes) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether bytes are UTF-8 without control characters; the last character may be cut. */
  private static boolean isText(byte[] bytes) {
    for (byte value : bytes) {
      if (value >= 0 && value < ' ' && value != '\t' && value != '\n' && value != '\r') {
        return false;
      }
    }
    int whole = bytes.length == TEXT_LENGTH ? TEXT_LENGTH - 3 : bytes.length;
    while (whole < bytes.length && bytes[whole] < 0 && (bytes[whole] & 0xc0) == 0x80) {
      whole++;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, whole));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** What came, what was expected and what to do. */
  String problem() {
    return name + ", expected PNG, JPEG or BMP; " + remedy;
  }
}
