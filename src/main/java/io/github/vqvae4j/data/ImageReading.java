package io.github.vqvae4j.data;

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
 * Reads one image from a PNG, JPEG or BMP file. What the bytes mean is decided before ImageIO sees
 * them; it only decompresses.
 */
final class ImageReading {
  /**
   * What libjpeg warns of when there is junk behind a scan; before a restart marker it is a sign of
   * damage. Any other warning means that pixels were made up.
   */
  private static final Pattern JUNK =
      Pattern.compile(
          "Corrupt JPEG data: (\\d{1,9}) extraneous bytes before marker 0x(?!d[0-7]).*");

  /** Scans with junk behind them, for each of which the image is decoded again. */
  private static final int MAX_JUNK = 16;

  /** A warning, and the part of the file that had been read up to then. */
  private record Warning(String text, int part) {}

  private ImageReading() {}

  /** All pixels of an image. */
  static Images image(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, Float.BYTES, " decoded and as floats,").toImages();
  }

  /** An image a row at a time. */
  static PictureRows rows(Path file, OrientationNotice notice) throws IOException {
    return read(file, notice, 0, " decoded,");
  }

  /**
   * Decodes an image.
   *
   * @param more bytes that each value of a pixel will take beside its decoded samples
   * @param as what memory is needed for, in a message
   */
  private static PictureRows read(Path file, OrientationNotice notice, long more, String as)
      throws IOException {
    InputFile.require(file, "an image file");
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
      BufferedImage picture =
          HeapMemory.guard(
              () -> name + as,
              pixels * (source.pixels().bytes() + more * source.pixels().channels()),
              () -> decode(bytes, source));
      notice.found(file, source.orientation());
      return new PictureRows(name, picture.getRaster(), source.pixels());
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
    try (ImageParts parts = source.parts()) {
      List<Warning> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener(
          (origin, text) -> warnings.add(new Warning(text, parts.current())));
      for (int junk = 0; ; junk++) {
        warnings.clear();
        parts.seek(0);
        reader.setInput(parts, false, true);
        BufferedImage picture = reader.read(0);
        if (warnings.isEmpty()) {
          return picture;
        }
        // libjpeg tells the first warning only: without the junk it may have another one.
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
          throw bad; // The file lacks bytes that it had: ImageIO may have wrapped that.
        }
      }
      HeapMemory.throwCausingError(e);
      // Damaged files make ImageIO's readers fail in any of their loops.
      throw bytes.corrupt(e.toString(), e);
    } finally {
      reader.dispose();
    }
  }

  /** The JDK's own reader, so that a plugin on the class path does not change what is read. */
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
