package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Image files of all formats and types. */
final class ImageKinds {
  private static final int SIDE = 16;

  private ImageKinds() {}

  static List<FuzzTarget> all() throws IOException {
    List<FuzzTarget> kinds = new ArrayList<>();
    png(kinds, "gray", png(BufferedImage.TYPE_BYTE_GRAY));
    png(kinds, "RGB", png(BufferedImage.TYPE_INT_RGB));
    png(kinds, "16 bits", png(BufferedImage.TYPE_USHORT_GRAY));
    png(
        kinds,
        "palette",
        png(BufferedImage.TYPE_BYTE_INDEXED),
        png(BufferedImage.TYPE_BYTE_BINARY));
    png(kinds, "alpha", png(BufferedImage.TYPE_INT_ARGB));
    png(
        kinds,
        "interlaced",
        written(
            "png",
            BufferedImage.TYPE_INT_RGB,
            p -> p.setProgressiveMode(ImageWriteParam.MODE_DEFAULT)));
    png(
        kinds,
        "tRNS",
        Png.withChunk(
            png(BufferedImage.TYPE_BYTE_GRAY), "IDAT", "tRNS", new byte[] {0, (byte) 128}),
        Png.withChunk(
            png(BufferedImage.TYPE_BYTE_INDEXED), "IDAT", "tRNS", new byte[] {0, 100, (byte) 200}));
    byte[] baseline = written("jpeg", BufferedImage.TYPE_INT_RGB, p -> {});
    kinds.add(other("JPEG baseline", "a.jpg", baseline));
    kinds.add(
        other(
            "JPEG progressive",
            "a.jpg",
            written(
                "jpeg",
                BufferedImage.TYPE_INT_RGB,
                p -> p.setProgressiveMode(ImageWriteParam.MODE_DEFAULT))));
    kinds.add(
        other(
            "JPEG gray",
            "a.jpg",
            written("jpeg", BufferedImage.TYPE_BYTE_GRAY, p -> {}),
            baseline));
    kinds.add(
        other(
            "JPEG with EXIF and ICC",
            "a.jpg",
            withSegment(withSegment(baseline, 0xe2, icc()), 0xe1, exif())));
    kinds.add(other("BMP 24 bits", "a.bmp", written("bmp", BufferedImage.TYPE_3BYTE_BGR, p -> {})));
    kinds.add(
        other(
            "BMP palette",
            "a.bmp",
            written("bmp", BufferedImage.TYPE_BYTE_INDEXED, p -> {}),
            written("bmp", BufferedImage.TYPE_BYTE_BINARY, p -> {})));
    kinds.add(
        other(
            "BMP RLE",
            "a.bmp",
            written(
                "bmp",
                BufferedImage.TYPE_BYTE_INDEXED,
                p -> {
                  p.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                  p.setCompressionType("BI_RLE8");
                })));
    kinds.add(
        other(
            "GIF",
            "a.gif",
            written("gif", BufferedImage.TYPE_BYTE_INDEXED, p -> {}),
            written("gif", BufferedImage.TYPE_BYTE_BINARY, p -> {})));
    kinds.add(
        other(
            "TIFF",
            "a.tif",
            written("tiff", BufferedImage.TYPE_3BYTE_BGR, p -> {}),
            written("tiff", BufferedImage.TYPE_USHORT_GRAY, p -> {})));
    kinds.add(
        other(
            "TIFF LZW",
            "a.tif",
            written(
                "tiff",
                BufferedImage.TYPE_3BYTE_BGR,
                p -> {
                  p.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                  p.setCompressionType("LZW");
                })));
    kinds.add(other("WebP", "a.webp", example("a4_webp.jpg"), example("lossless.webp")));
    kinds.add(other("JPEG CMYK", "a.jpg", example("a2_cmyk_im.jpg"), example("cmyk_icc.jpg")));
    return kinds;
  }

  /** Adds a format twice: with CRCs, which detect all corruption, and with repaired CRCs. */
  private static void png(List<FuzzTarget> kinds, String name, byte[]... intact) {
    Intact<Images> images = new Intact<>();
    FuzzTarget kind =
        FuzzTarget.of(
            "PNG " + name,
            "a.png",
            List.of(intact),
            file -> images.check(checked(Images.read(file))));
    kinds.add(kind);
    kinds.add(kind.repaired(Png::repaired, file -> checked(Images.read(file))));
  }

  private static FuzzTarget other(String name, String fileName, byte[]... intact) {
    return FuzzTarget.of(name, fileName, List.of(intact), file -> checked(Images.read(file)));
  }

  private static Images checked(Images image) {
    assertEquals(1, image.size());
    assertTrue(image.channels() == 1 || image.channels() == 3, image::toString);
    for (float pixel : image.pixels()) {
      assertTrue(pixel >= 0 && pixel <= 1, () -> "pixel " + pixel);
    }
    return image;
  }

  private static byte[] example(String name) throws IOException {
    return Files.readAllBytes(Path.of("src/test/resources/cases", name));
  }

  private static byte[] png(int type) throws IOException {
    return written("png", type, p -> {});
  }

  private static byte[] written(String format, int type, Consumer<ImageWriteParam> set)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      set.accept(parameters);
      writer.write(null, new IIOImage(image(type), null, null), parameters);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Returns a gradient with a disc. */
  private static BufferedImage image(int type) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, type);
    Graphics2D graphics = image.createGraphics();
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        graphics.setColor(new Color(x * 16, y * 16, 255 - x * 8 - y * 8, 255 - x * 4));
        graphics.fillRect(x, y, 1, 1);
      }
    }
    graphics.setColor(Color.RED);
    graphics.fillOval(4, 4, 8, 8);
    graphics.dispose();
    return image;
  }

  /** Returns EXIF orientation 6, as written by cameras: one entry in a big-endian directory. */
  private static byte[] exif() {
    return ByteBuffer.allocate(32)
        .put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 42)
        .putInt(8)
        .putShort((short) 1)
        .putShort((short) 0x112)
        .putShort((short) 3)
        .putInt(1)
        .putShort((short) 6)
        .putShort((short) 0)
        .putInt(0)
        .array();
  }

  private static byte[] icc() {
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    return ByteBuffer.allocate(14 + profile.length)
        .put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 1)
        .put(profile)
        .array();
  }

  private static byte[] withSegment(byte[] jpeg, int marker, byte[] data) {
    return ByteBuffer.allocate(jpeg.length + 4 + data.length)
        .put(jpeg, 0, 2)
        .put((byte) 0xff)
        .put((byte) marker)
        .putShort((short) (2 + data.length))
        .put(data)
        .put(jpeg, 2, jpeg.length - 2)
        .array();
  }
}
