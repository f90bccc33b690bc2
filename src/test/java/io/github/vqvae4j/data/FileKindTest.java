package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file whose name lies about it is named by its kind. */
class FileKindTest {
  private static final String CONVERT = "expected PNG, JPEG or BMP; convert it to PNG or JPEG";
  private static final String UNPACK = "unpack it";
  private static final String CHECK = "check the path";

  @TempDir Path folder;

  @Test
  void otherImagesAreToBeConverted() throws IOException {
    named("RIFF\44\0\0\0WEBPVP8 ", "a WebP image", CONVERT);
    named("GIF89a\1\0\1\0", "a GIF image", CONVERT);
    named("II*\0\10\0\0\0", "a TIFF image", CONVERT);
    named("MM\0*\0\0\0\10", "a TIFF image", CONVERT);
    named("\0\0\0\30ftypheic\0\0\0\0mif1", "a HEIC image", CONVERT);
    named("\0\0\0\34ftypavif\0\0\0\0", "an AVIF image", CONVERT);
    named("\0\0\0\14jP  \r\n\u0087\n", "a JPEG 2000 image", CONVERT);
    named("\0\0\0\14JXL \r\n\u0087\n", "a JPEG XL image", CONVERT);
    named("P6\n16 16\n255\n", "a Netpbm image", CONVERT);
    named("<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing", CONVERT);
    named("<?xml version='1.0'?>\n<svg/>", "an SVG drawing", CONVERT);
    named("\u0089PNG\n\u001a\n\0\0\0\rIHDR", "a PNG image", "text mode", "get the file anew");
  }

  @Test
  void whatIsNoImageIsNamedToo() throws IOException {
    named("", "not an image but an empty file", CHECK);
    named("\0\0\0\0\0\0\0\0", "not an image but zeros", "broken copy", "get the file anew");
    named("this is text", "not an image but text", CHECK);
    named("Gr\u00c3\u00bc\u00c3\u009fe", "not an image but text", CHECK);
    named("BMW builds cars since 1928", "not an image but text", CHECK);
    named("\n<!DOCTYPE html><html>404</html>", "web page (HTML)", "get the file anew");
    named("<?xml version='1.0'?><Error>AccessDenied</Error>", "not an image but XML", CHECK);
    named("%PDF-1.7\n", "not an image but a PDF", "save its pages");
    named("PK\3\4\24\0", "not an image but a zip archive", UNPACK);
    named("\u001f\u008b\10\0", "not an image but a gzip archive", UNPACK);
    named("\100\0\0\0\0\0\0\0{\"w\":{\"dtype\"", "not an image but a safetensors file", CHECK);
    named("RIFF\44\0\0\0WAVEfmt ", "not an image but a WAV file", CHECK);
    named("\0\0\0\30ftypisom\0\0\0\0", "a video (MP4)", "frames");
    named("version https://git-lfs.github.com/spec/v1\noid", "Git LFS pointer", "git lfs pull");
    named("\1\2\3\4\5\6\7", "not an image of a known kind", CHECK);
  }

  @Test
  void textIsTextWhereverACharacterIsCut() throws IOException {
    String text = "\u00c3\u00a4".repeat(400);
    named(text, "but text");
    named("a" + text, "but text");
    named("\u00e2\u0082\u00ac".repeat(300), "but text");
    named("a" + "\u00e2\u0082\u00ac".repeat(300), "but text");
    named("ab" + "\u00f0\u009f\u0098\u0080".repeat(300), "but text");
  }

  @Test
  void aSoundImageMayBeCalledAnything() throws IOException {
    Path png = Path.of("src/test/resources/cases/base.png");
    Path jpeg = Path.of("src/test/resources/cases/base.jpg");
    Files.copy(png, folder.resolve("png.jpg"));
    Files.copy(jpeg, folder.resolve("jpeg.bmp"));
    assertEquals(Images.read(png), Images.read(folder.resolve("png.jpg")));
    assertEquals(Images.read(jpeg), Images.read(folder.resolve("jpeg.bmp")));
  }

  /** Each char is a byte. */
  private void named(String content, String... parts) throws IOException {
    Path file = folder.resolve("a.jpg");
    Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    BadFileException error = assertThrows(BadFileException.class, () -> Images.read(file));
    assertSays(error, file + ": byte 0: ", "expected PNG, JPEG or BMP; ");
    assertSays(error, parts);
  }
}
