package io.github.vqvae4j.data.internal;

import static io.github.vqvae4j.data.internal.FileKind.Category.ARCHIVE;
import static io.github.vqvae4j.data.internal.FileKind.Category.BROKEN;
import static io.github.vqvae4j.data.internal.FileKind.Category.DOCUMENT;
import static io.github.vqvae4j.data.internal.FileKind.Category.IMAGE;
import static io.github.vqvae4j.data.internal.FileKind.Category.OTHER;
import static io.github.vqvae4j.data.internal.FileKind.Category.PAGE;
import static io.github.vqvae4j.data.internal.FileKind.Category.POINTER;
import static io.github.vqvae4j.data.internal.FileKind.Category.SOUND;
import static io.github.vqvae4j.data.internal.FileKind.Category.TABLE;
import static io.github.vqvae4j.data.internal.FileKind.Category.TENSORS;
import static io.github.vqvae4j.data.internal.FileKind.Category.VIDEO;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The kind of a file, detected from its first bytes regardless of its name: the first kind whose
 * pattern matches the bytes, decoded as ISO 8859-1. Patterns are long enough not to match text
 * tables.
 */
public enum FileKind {
  PNG("a PNG image", IMAGE, "\\x89PNG\\r\\n\\x1a\\n"),
  JPEG("a JPEG image", IMAGE, "\\xff\\xd8"),
  /** Includes the length of the second header. */
  BMP("a BMP image", IMAGE, "BM.{12}[\\x0c-\\x7c]\\x00{3}"),
  BROKEN_PNG("a PNG image damaged by a transfer in text mode", BROKEN, "\\x89PNG"),
  GIF("a GIF image", IMAGE, "GIF8[79]a"),
  WEBP("a WebP image", IMAGE, "RIFF.{4}WEBP"),
  TIFF("a TIFF image", IMAGE, "II[*+]\\x00|MM\\x00[*+]"),
  AVIF("an AVIF image", IMAGE, "\\x00.{3}ftypavi[fs]"),
  HEIC("a HEIC image", IMAGE, "\\x00.{3}ftyphe(?:ic|ix|vc)"),
  HEIF("a HEIF image", IMAGE, "\\x00.{3}ftypm[is]f1"),
  CR3("a raw photograph (CR3)", IMAGE, "\\x00.{3}ftypcrx "),
  JPEG_XL("a JPEG XL image", IMAGE, "\\xff\\n|\\x00{3}\\x0cJXL "),
  JPEG_2000("a JPEG 2000 image", IMAGE, "\\xffO\\xffQ|\\x00{3}\\x0cjP  "),
  PHOTOSHOP("a Photoshop image", IMAGE, "8BPS\\x00"),
  ICO("an icon (ICO)", IMAGE, "\\x00\\x00\\x01\\x00"),
  OPEN_EXR("an OpenEXR image", IMAGE, "v/1\\x01"),
  QOI("a QOI image", IMAGE, "qoif\\x00"),
  DDS("a DDS image", IMAGE, "DDS \\|\\x00"),
  NETPBM("a Netpbm image", IMAGE, "P[1-6]\\s(?:#[^\\n]*\\n)*+\\d+ \\d+\\s"),

  WAV("a WAV file", SOUND, "(?:RIFF|RF64|BW64).{4}WAVE"),
  RIFX("a RIFX file (big-endian WAV)", SOUND, "RIFX.{4}WAVE"),
  WAVE64("a Wave64 file (W64)", SOUND, "riff.\\x91\\xcf\\x11"),
  FLAC("a FLAC file", SOUND, "fLaC"),
  OGG("an Ogg file (Vorbis, Opus, ..)", SOUND, "OggS"),
  /** A tag, or a frame: eleven bits set, then version, layer, checksum flag and bit rate. */
  MP3(
      "an MP3 file",
      SOUND,
      "ID3[\\x02-\\x04]|\\xff[\\xe2-\\xe5\\xf2-\\xf5\\xfa-\\xfd][^\\xf0-\\xff]"),
  AAC("an AAC file", SOUND, "\\xff[\\xf0\\xf1\\xf8\\xf9]"),
  M4A("an M4A file", SOUND, "\\x00.{3}ftypM4[AB]"),
  AIFF("an AIFF file", SOUND, "FORM.{4}AIF[FC]"),
  AU("a Sun AU file", SOUND, "\\.snd"),
  CAF("a Core Audio file (CAF)", SOUND, "caff\\x00"),
  SPHERE("a NIST SPHERE file", SOUND, "NIST_1A\\n +\\d+\\n"),
  WINDOWS_MEDIA("a Windows Media file (WMA or WMV)", SOUND, "0&\\xb2u"),
  WAVPACK("a WavPack file", SOUND, "wvpk"),
  MONKEY("a Monkey's Audio file", SOUND, "MAC .\\x0f"),
  AMR("an AMR file", SOUND, "#!AMR(?:-WB)?\\n"),
  MIDI("a MIDI file, which contains notes instead of samples", SOUND, "MThd|RIFF.{4}RMID"),

  AVI("an AVI video", VIDEO, "RIFF.{4}AVI "),
  MP4("an MP4 video", VIDEO, "\\x00.{3}ftyp"),
  MATROSKA("a WebM or Matroska video", VIDEO, "\\x1aE\\xdf\\xa3"),
  MPEG("an MPEG video", VIDEO, "\\x00\\x00\\x01[\\xb3\\xba]"),

  XLSX("an Excel table (.xlsx, a zip archive)", TABLE, "PK\\x03\\x04.*xl/[a-z]"),
  ODS("an OpenDocument table (.ods, a zip archive)", TABLE, "PK\\x03\\x04.*opendocument\\.spread"),
  XLS("an Excel table (.xls)", TABLE, "\\xd0\\xcf\\x11\\xe0"),
  PARQUET("a Parquet file", TABLE, "PAR1\\x15"),
  HDF5("an HDF5 file", TABLE, "\\x89HDF"),
  NUMPY("a NumPy array", TABLE, "\\x93NUMPY"),
  UTF_16(
      "UTF-16 text",
      TABLE,
      "\\xff\\xfe|\\xfe\\xff|(?:\\x00[\\t\\n\\r -~]){4}|(?:[\\t\\n\\r -~]\\x00){4}"),
  SAFETENSORS("a safetensors file", TENSORS, ".{5}\\x00{3}\\{"),

  ZIP("a zip archive", ARCHIVE, "PK(?:\\x03\\x04|\\x05\\x06)"),
  GZIP("a gzip archive", ARCHIVE, "\\x1f\\x8b"),
  BZIP2("a bzip2 archive", ARCHIVE, "BZh[1-9]1AY"),
  XZ("an xz archive", ARCHIVE, "\\xfd7zXZ"),
  ZSTANDARD("a Zstandard archive", ARCHIVE, "\\x28\\xb5\\x2f\\xfd"),
  SEVEN_ZIP("a 7z archive", ARCHIVE, "7z\\xbc\\xaf"),
  RAR("a RAR archive", ARCHIVE, "Rar!\\x1a"),
  TAR("a tar archive", ARCHIVE, ".{257}ustar"),
  PDF("a PDF", DOCUMENT, "%PDF-"),
  RIFF("a RIFF file of another type", OTHER, "RIFF.*\\x00"),

  HTML(
      "a web page (HTML)", PAGE, "(?i)(?:\\xef\\xbb\\xbf)?\\s*<(?:!doctype html|html|[!?].*<html)"),
  SVG("an SVG drawing", IMAGE, "(?i)(?:\\xef\\xbb\\xbf)?\\s*<(?:svg|[!?].*<svg)"),
  XML("XML", PAGE, "(?:\\xef\\xbb\\xbf)?\\s*<\\?xml"),
  GIT_LFS("a Git LFS pointer", POINTER, "version https://git-lfs"),
  EMPTY("an empty file", BROKEN, "\\z"),
  ZEROS("zeros, as left by a failed copy", BROKEN, "\\x00+\\z"),
  BINARY("binary data of unknown kind", OTHER, ".*\\x00"),
  /** UTF-8 without control characters; the last character may be incomplete. */
  TEXT(
      "text",
      TABLE,
      "(?:[\\t\\n\\r -\\x7f]|[\\xc2-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}"
          + "|[\\xf0-\\xf4][\\x80-\\xbf]{3})*+(?:[\\xc2-\\xf4][\\x80-\\xbf]{0,2})?\\z"),
  UNKNOWN("data of unknown kind", OTHER, "");

  /**
   * A category of files, with advice for a file of this category where another one was expected.
   */
  public enum Category {
    IMAGE("read images with Images.read"),
    SOUND("read audio with WavFiles.read"),
    TABLE("get a new copy of the file, check the path, or read tables with CsvSeries.read"),
    TENSORS("check the path, or read tensors with Safetensors.read"),
    VIDEO("save its frames as PNG or its audio as WAV, for example with ffmpeg"),
    ARCHIVE("unpack it, and pass the files in it"),
    DOCUMENT("save its pages as PNG, or its tables as CSV"),
    PAGE(
        "get a new copy of the file, since sites may return a web page instead, or check the path"),
    POINTER("download the file itself with git lfs pull"),
    BROKEN("get a new copy of the file, or check the path"),
    OTHER("get a new copy of the file, or check the path");

    private final String remedy;

    Category(String remedy) {
      this.remedy = remedy;
    }
  }

  /** The number of bytes at the start of a file that are used for detection. */
  public static final int BYTES = 4_096;

  private final String label;
  private final Category category;
  private final Pattern pattern;

  FileKind(String label, Category category, String pattern) {
    this.label = label;
    this.category = category;
    this.pattern = Pattern.compile(pattern, Pattern.DOTALL);
  }

  /**
   * Detects the kind of a file.
   *
   * @param start the first {@link #BYTES} bytes, or all bytes of a shorter file
   */
  public static FileKind of(byte... start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    FileKind[] kinds = values();
    int i = 0;
    while (!kinds[i].pattern.matcher(text).lookingAt()) {
      i++;
    }
    return kinds[i];
  }

  /** Returns what files of this kind contain. */
  public Category category() {
    return category;
  }

  /**
   * Returns a message: the actual kind, the expected one and advice.
   *
   * @param wanted the category of the expected kinds
   * @param expected the description of the expected kinds
   * @param convert the advice for other files of the category
   */
  public String problem(Category wanted, String expected, String convert) {
    String remedy = category == wanted ? convert : category.remedy;
    return "got "
        + label
        + ", expected "
        + expected
        + "; "
        + (category == OTHER ? convert + ", " + remedy : remedy);
  }
}
