package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.data.internal.FileKind;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/**
 * Reads one image from a file or an array. PNG, JPEG and BMP files are interpreted here, and
 * ImageIO only decompresses their pixels; files of other formats are left to the readers of
 * ImageIO.
 */
final class ImageDecoder {
  /**
   * The warning of libjpeg about junk after a scan; junk before a restart marker indicates a
   * corrupt file. Any other warning means that pixels were invented.
   */
  private static final Pattern JUNK =
      Pattern.compile(
          "Corrupt JPEG data: (\\d{1,9}) extraneous bytes before marker 0x(?!d[0-7]).*");

  /** The maximum number of scans followed by junk, for each of which the image is decoded again. */
  private static final int MAX_JUNK = 16;

  /** The name of an image in memory, in messages. */
  private static final Path IN_MEMORY = Path.of("image in memory");

  /** The number of channels of CMYK and YCCK JPEGs. */
  private static final int CMYK = 4;

  private static final String FLOATS = " decoded and as floats,";

  /** A warning and the part of the file that was being read. */
  private record Warning(String text, int part) {}

  private ImageDecoder() {}

  /**
   * Reads all pixels of an image.
   *
   * @param oriented whether the EXIF orientation is followed
   */
  static Images image(Path file, boolean oriented) throws IOException {
    return read(file, oriented, Float.BYTES, FLOATS).toImages();
  }

  /** Reads all pixels of an image in memory, whose EXIF orientation is followed. */
  static Images image(byte[] bytes) throws IOException {
    try (FileBytes source = new FileBytes(IN_MEMORY, bytes)) {
      return read(source, true, Float.BYTES, FLOATS).toImages();
    }
  }

  /** Reads an image whose pixels are converted row by row. */
  static ImageRows rows(Path file, boolean oriented) throws IOException {
    return read(file, oriented, 0, " decoded,");
  }

  private static ImageRows read(Path file, boolean oriented, long additionalBytes, String use)
      throws IOException {
    InputFile.requireRegularFile(file, "an image file");
    try (FileBytes bytes = new FileBytes(file)) {
      return read(bytes, oriented, additionalBytes, use);
    }
  }

  /**
   * Decodes an image.
   *
   * @param additionalBytes the number of additional bytes per value, beyond the decoded samples
   * @param use the description of the required memory in a message
   */
  private static ImageRows read(FileBytes bytes, boolean oriented, long additionalBytes, String use)
      throws IOException {
    FileKind kind = FileKind.of(bytes.bytes(0, (int) Math.min(bytes.size(), FileKind.BYTES)));
    ImageSource source = open(bytes, kind);
    if (source == null || source.pixels().channels() == CMYK) {
      int orientation = source == null ? Orientation.of(bytes, kind) : source.orientation();
      return RegisteredFormats.read(
          bytes, kind, oriented ? orientation : 1, 3 * additionalBytes, use);
    }
    long pixels = (long) source.height() * source.width();
    String name = name(bytes, source.height(), source.width());
    BufferedImage decoded =
        HeapMemory.guard(
            () -> name + use,
            pixels * (source.pixels().bytes() + additionalBytes * source.pixels().channels()),
            () -> decode(bytes, source));
    int orientation = oriented ? source.orientation() : 1;
    return new ImageRows(name, decoded.getRaster(), source.pixels(), orientation);
  }

  /** Returns the description of an image in a message about memory. */
  static String name(FileBytes file, int height, int width) {
    return FileNames.path(file.file()) + ", an image of " + height + " x " + width + " pixels,";
  }

  /** Returns the parsed file, or null if it is not interpreted here. */
  private static ImageSource open(FileBytes bytes, FileKind kind) throws IOException {
    return switch (kind) {
      case PNG -> PngFile.open(bytes);
      case JPEG -> JpegFile.open(bytes);
      case BMP -> BmpFile.open(bytes);
      default -> null;
    };
  }

  private static BufferedImage decode(FileBytes bytes, ImageSource source) throws IOException {
    ImageReader reader = reader(source.format());
    try (CompositeImageStream parts = source.parts()) {
      List<Warning> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener(
          (origin, text) -> warnings.add(new Warning(text, parts.current())));
      for (int junk = 0; ; junk++) {
        warnings.clear();
        parts.seek(0);
        reader.setInput(parts, false, true);
        BufferedImage decoded = reader.read(0);
        if (warnings.isEmpty()) {
          return decoded;
        }
        // libjpeg reports only the first warning: without the junk there may be another one.
        Warning first = warnings.get(0);
        Matcher found = JUNK.matcher(first.text);
        if (junk == MAX_JUNK
            || !found.matches()
            || !parts.overwriteJunk(first.part, Long.parseLong(found.group(1)))) {
          throw bytes.corrupt(first.text, null);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw failure(bytes, e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * Returns the exception for a failed reader: corrupt files cause arbitrary exceptions in them.
   */
  static BadFileException failure(FileBytes bytes, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BadFileException bad) {
        // The file was truncated in the meantime: ImageIO may have wrapped the exception.
        return bad;
      }
    }
    HeapMemory.rethrowOutOfMemoryError(e);
    return bytes.corrupt(e.toString(), e);
  }

  /** Returns the reader of the JDK, so that plugins on the class path do not change the result. */
  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (RegisteredFormats.isOfJdk(reader)) {
        return reader;
      }
    }
    throw new IllegalStateException("expected the JDK's reader of " + format + ", got none");
  }
}
