package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.memory.HeapMemory;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes one image to a PNG or JPEG file. */
final class ImageEncoder {
  /** ImageIO's default of 0.75 causes visible blocks that could be attributed to the model. */
  private static final float JPEG_QUALITY = 0.95f;

  private ImageEncoder() {}

  static void write(Images image, Path file) throws IOException {
    String format = format(file);
    ImageChecks.writable(image);
    HeapMemory.guard(
        () -> FileNames.path(file) + ", to which " + image + " is written,",
        image.imageLength(),
        () -> {
          BufferedImage buffered = toBufferedImage(image);
          AtomicFile.write(file, out -> encode(buffered, format, out));
          return null;
        });
  }

  static byte[] png(Images image) {
    ImageChecks.writable(image);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      encode(toBufferedImage(image), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("unexpected error while writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static String format(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      return "png";
    }
    if (name.endsWith(".jpg") || name.endsWith(".jpeg")) {
      return "jpeg";
    }
    throw new IllegalArgumentException(
        "got the file name "
            + FileNames.path(file)
            + ", expected one that ends in .png, .jpg or .jpeg; change the extension");
  }

  static BufferedImage toBufferedImage(Images image) {
    int channels = image.channels();
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage buffered = new BufferedImage(image.width(), image.height(), type);
    // Writes to the raster, because setRGB would apply a gamma correction to gray values.
    WritableRaster raster = buffered.getRaster();
    int[] row = new int[image.width() * channels];
    for (int y = 0; y < image.height(); y++) {
      for (int i = 0; i < row.length; i++) {
        float value = image.pixel(0, y, i / channels, i % channels);
        row[i] = toByte(value);
      }
      raster.setPixels(0, y, image.width(), 1, row);
    }
    return buffered;
  }

  /** Returns the value clamped to [0, 1] and rounded to 8 bits. */
  static int toByte(float value) {
    return Math.round(Math.max(0, Math.min(1, value)) * 255);
  }

  static void encode(BufferedImage buffered, String format, OutputStream out) throws IOException {
    ImageWriter writer = writer(format);
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      if (format.equals("jpeg")) {
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(JPEG_QUALITY);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(buffered, null, null), settings);
    } finally {
      writer.dispose();
    }
  }

  /** Returns the writer of the JDK, so that plugins on the class path do not change the file. */
  private static ImageWriter writer(String format) {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName(format);
    ImageWriter writer = writers.next();
    while (!RegisteredFormats.isOfJdk(writer)) {
      writer = writers.next();
    }
    return writer;
  }
}
