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
 * Reads one image from a PNG, JPEG or BMP file. The file is interpreted here; ImageIO only
 * decompresses the pixels.
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

  /** A warning and the part of the file that was being read. */
  private record Warning(String text, int part) {}

  private ImageDecoder() {}

  /** Reads all pixels of an image. */
  static Images image(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, Float.BYTES, " decoded and as floats,").toImages();
  }

  /** Reads an image whose pixels are converted row by row. */
  static ImageRows rows(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, 0, " decoded,");
  }

  /**
   * Decodes an image.
   *
   * @param additionalBytes the number of additional bytes per value, beyond the decoded samples
   * @param use the description of the required memory in a message
   */
  private static ImageRows read(
      Path file, OrientationNotice notice, long additionalBytes, String use) throws IOException {
    InputFile.requireRegularFile(file, "an image file");
    try (FileBytes bytes = new FileBytes(file)) {
      ImageSource source = open(bytes);
      long pixels = (long) source.height() * source.width();
      String name =
          FileNames.path(file)
              + ", an image of "
              + source.height()
              + " x "
              + source.width()
              + " pixels,";
      BufferedImage decoded =
          HeapMemory.guard(
              () -> name + use,
              pixels * (source.pixels().bytes() + additionalBytes * source.pixels().channels()),
              () -> decode(bytes, source));
      notice.found(file, source.orientation());
      return new ImageRows(name, decoded.getRaster(), source.pixels());
    }
  }

  private static ImageSource open(FileBytes bytes) throws IOException {
    FileKind kind = FileKind.of(bytes.bytes(0, (int) Math.min(bytes.size(), FileKind.BYTES)));
    return switch (kind) {
      case PNG -> PngFile.open(bytes);
      case JPEG -> JpegFile.open(bytes);
      case BMP -> BmpFile.open(bytes);
      default ->
          throw new BadFileException(
              bytes.file(),
              "byte 0",
              kind.problem(
                  FileKind.Category.IMAGE, "PNG, JPEG or BMP", "convert it to PNG or JPEG"));
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
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof BadFileException bad) {
          throw bad; // The file was truncated in the meantime: ImageIO may have wrapped the
          // exception.
        }
      }
      HeapMemory.rethrowOutOfMemoryError(e);
      // Corrupt files cause arbitrary exceptions in ImageIO's readers.
      throw bytes.corrupt(e.toString(), e);
    } finally {
      reader.dispose();
    }
  }

  /** Returns the reader of the JDK, so that plugins on the class path do not change the result. */
  private static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getModule() == ImageIO.class.getModule()) {
        return reader;
      }
    }
    throw new IllegalStateException("expected the JDK's reader of " + format + ", got none");
  }
}
