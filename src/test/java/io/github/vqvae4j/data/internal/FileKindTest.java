package io.github.vqvae4j.data.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Errors for files with misleading names contain the actual kind. */
class FileKindTest {
  @FunctionalInterface
  private interface Read {
    Object from(Path file) throws IOException;
  }

  /** The readers, the expected kinds, and the kinds that are passed to the decoder. */
  private record Reader(Read read, String expected, Set<FileKind> own) {}

  private static final List<Reader> READERS =
      List.of(
          new Reader(
              Images::read,
              ": byte 0: got %s, expected PNG, JPEG, BMP, GIF or TIFF; ",
              EnumSet.of(
                  FileKind.PNG,
                  FileKind.JPEG,
                  FileKind.BMP,
                  FileKind.GIF,
                  FileKind.TIFF,
                  FileKind.WEBP)),
          new Reader(
              WavFiles::read, ": header: got %s, expected a WAV file; ", EnumSet.of(FileKind.WAV)),
          new Reader(
              CsvSeries::read,
              ": first bytes: got %s, expected CSV text in UTF-8; ",
              EnumSet.of(FileKind.TEXT, FileKind.UNKNOWN)));

  // The advice of the readers of images, audio and tables.
  private static final String[] IMAGE = {"to PNG or JPEG", "Images.read", "Images.read"};
  private static final String[] SOUND = {"WavFiles.read", "ffmpeg -i IN", "WavFiles.read"};
  private static final String[] TABLE = {"CsvSeries.read", "CsvSeries.read", "as CSV in UTF-8"};
  private static final String[] OTHER = {"to PNG or JPEG", "ffmpeg -i IN", "as CSV in UTF-8"};
  private static final String[] TENSORS = all("Safetensors.read");
  private static final String[] VIDEO = all("save its frames as PNG or its audio as WAV");
  private static final String[] UNPACK = all("unpack it");
  private static final String[] NEW_COPY = all("get a new copy of the file");

  /**
   * A file.
   *
   * @param content each char is a byte
   */
  record Sample(String content, String name, String... remedies) {
    byte[] bytes() {
      return content.getBytes(ISO_8859_1);
    }
  }

  @TempDir Path folder;

  static List<Sample> samples() {
    return List.of(
        new Sample("\u0089PNG\r\n\u001a\n", "a PNG image", IMAGE),
        new Sample("\u00ff\u00d8\u00ff\u00e0", "a JPEG image", IMAGE),
        new Sample("BM" + "\0".repeat(12) + "\50\0\0\0", "a BMP image", IMAGE),
        new Sample("\u0089PNG\n\u001a\n\0\0\0\rIHDR", "a PNG image damaged by a trans", NEW_COPY),
        new Sample("GIF89a\1\0\1\0", "a GIF image", IMAGE),
        new Sample("RIFF\44\0\0\0WEBPVP8 ", "a WebP image", IMAGE),
        new Sample("II*\0\10\0\0\0", "a TIFF image", IMAGE),
        new Sample("MM\0*\0\0\0\10", "a TIFF image", IMAGE),
        new Sample("MM\0+\0\10\0\0", "a TIFF image", IMAGE),
        new Sample("\0\0\0\34ftypavif\0\0\0\0", "an AVIF image", IMAGE),
        new Sample("\0\0\0\30ftypheic\0\0\0\0mif1", "a HEIC image", IMAGE),
        new Sample("\0\0\0\30ftypmif1\0\0\0\0", "a HEIF image", IMAGE),
        new Sample("\0\0\0\30ftypcrx \0\0\0\1", "a raw photograph (CR3)", IMAGE),
        new Sample("\0\0\0\14JXL \r\n\u0087\n", "a JPEG XL image", IMAGE),
        new Sample("\u00ff\n\u00fa", "a JPEG XL image", IMAGE),
        new Sample("\0\0\0\14jP  \r\n\u0087\n", "a JPEG 2000 image", IMAGE),
        new Sample("\u00ffO\u00ffQ\0", "a JPEG 2000 image", IMAGE),
        new Sample("8BPS\0\1", "a Photoshop image", IMAGE),
        new Sample("\0\0\1\0\1\0", "an icon (ICO)", IMAGE),
        new Sample("v/1\1\2\0\0\0", "an OpenEXR image", IMAGE),
        new Sample("qoif\0\0\0\20", "a QOI image", IMAGE),
        new Sample("DDS |\0\0\0", "a DDS image", IMAGE),
        new Sample("P6\n16 16\n255\n", "a Netpbm image", IMAGE),
        new Sample("P2\n# made by hand\n16 16\n255\n", "a Netpbm image", IMAGE),
        new Sample("<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing", IMAGE),
        new Sample("<?xml version='1.0'?>\n<svg/>", "an SVG drawing", IMAGE),
        new Sample("RIFF\44\0\0\0WAVEfmt ", "a WAV file", SOUND),
        new Sample("RF64\u00ff\u00ff\u00ff\u00ffWAVEds64", "a WAV file", SOUND),
        new Sample("RIFX\0\0\0\44WAVEfmt ", "a RIFX file", SOUND),
        new Sample("riff.\u0091\u00cf\u0011", "a Wave64 file (W64)", SOUND),
        new Sample("fLaC\0\0\0\42", "a FLAC file", SOUND),
        new Sample("OggS\0\2", "an Ogg file (Vorbis, Opus, ..)", SOUND),
        new Sample("ID3\3\0", "an MP3 file", SOUND),
        new Sample("\u00ff\u00fb\u0090d", "an MP3 file", SOUND),
        new Sample("\u00ff\u00f1P@", "an AAC file", SOUND),
        new Sample("\0\0\0 ftypM4A \0\0\0\0", "an M4A file", SOUND),
        new Sample("FORM\0\0\0\44AIFC", "an AIFF file", SOUND),
        new Sample(".snd\0\0\0\30", "a Sun AU file", SOUND),
        new Sample("caff\0\1", "a Core Audio file (CAF)", SOUND),
        new Sample("NIST_1A\n   1024\n", "a NIST SPHERE file", SOUND),
        new Sample("0&\u00b2u\u008ef", "a Windows Media file (WMA or WMV)", SOUND),
        new Sample("wvpk\62\0\0\0\20\4", "a WavPack file", SOUND),
        new Sample("MAC \u0096\17", "a Monkey's Audio file", SOUND),
        new Sample("#!AMR\n<", "an AMR file", SOUND),
        new Sample("MThd\0\0\0\6", "a MIDI file", SOUND),
        new Sample("RIFF\44\0\0\0AVI LIST", "an AVI video", VIDEO),
        new Sample("\0\0\0\30ftypisom\0\0\0\0", "an MP4 video", VIDEO),
        new Sample("\u001aE\u00df\u00a3", "a WebM or Matroska video", VIDEO),
        new Sample("\0\0\1\u00ba", "an MPEG video", VIDEO),
        new Sample("PK\3\4\24\0\6\0xl/workbook.xml", "an Excel table (.xlsx, a zip", TABLE),
        new Sample(
            "PK\3\4mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument table (.ods, a zip",
            TABLE),
        new Sample("\u00d0\u00cf\u0011\u00e0\u00a1", "an Excel table (.xls)", TABLE),
        new Sample("PAR1\25\4\25", "a Parquet file", TABLE),
        new Sample("\u0089HDF\r\n", "an HDF5 file", TABLE),
        new Sample("\u0093NUMPY\1\0v\0", "a NumPy array", TABLE),
        new Sample("\u00ff\u00fea\0", "UTF-16 text", TABLE),
        new Sample("\u00fe\u00ff\0a", "UTF-16 text", TABLE),
        new Sample("a\0\n\0001\0\n\0", "UTF-16 text", TABLE),
        new Sample("\0a\0\n\0001\0\n", "UTF-16 text", TABLE),
        new Sample("\100\0\0\0\0\0\0\0{\"w\":{\"dtype\"", "a safetensors file", TENSORS),
        new Sample("PK\3\4\24\0", "a zip archive", UNPACK),
        new Sample("PK\5\6", "a zip archive", UNPACK),
        new Sample("\u001f\u008b\10\0", "a gzip archive", UNPACK),
        new Sample("BZh91AY&SY", "a bzip2 archive", UNPACK),
        new Sample("\u00fd7zXZ\0", "an xz archive", UNPACK),
        new Sample("\50\u00b5\57\u00fd", "a Zstandard archive", UNPACK),
        new Sample("7z\u00bc\u00af", "a 7z archive", UNPACK),
        new Sample("Rar!\u001a\7", "a RAR archive", UNPACK),
        new Sample("a" + "\0".repeat(256) + "ustar", "a tar archive", UNPACK),
        new Sample("%PDF-1.7\n", "a PDF", all("save its pages as PNG, or its tables as CSV")),
        new Sample("RIFF\44\0\0\0sfbk", "a RIFF file of another type", OTHER),
        new Sample("\n<!DOCTYPE html><html>404</html>", "a web page (HTML)", NEW_COPY),
        new Sample("\u00ef\u00bb\u00bf <HTML>", "a web page (HTML)", NEW_COPY),
        new Sample("<?xml version='1.0'?><Error>AccessDenied</Error>", "XML", NEW_COPY),
        new Sample("version https://git-lfs.github.com/", "a Git LFS pointer", all("git lfs pull")),
        new Sample("", "an empty file", NEW_COPY),
        new Sample("\0\0\0\0\0\0\0\0", "zeros, as left by a failed copy", NEW_COPY),
        new Sample("a\n1\n\0", "binary data of unknown kind", OTHER),
        new Sample("this is text", "text", TABLE),
        new Sample("Gr\u00c3\u00bc\u00c3\u009fe", "text", TABLE),
        new Sample("BMW builds cars since 1928", "text", TABLE),
        new Sample("\1\2\3\4\5\6\7", "data of unknown kind", OTHER),
        new Sample("H\u00f6he", "data of unknown kind", OTHER));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void eachReaderNamesUnsupportedKinds(Sample sample) throws IOException {
    Path file = Files.write(folder.resolve("a.jpg"), sample.bytes());
    for (int i = 0; i < READERS.size(); i++) {
      Reader reader = READERS.get(i);
      if (!reader.own.contains(FileKind.of(sample.bytes()))) {
        BadFileException error =
            assertThrows(BadFileException.class, () -> reader.read.from(file), sample.name);
        String[] aroundName = reader.expected.split("%s");
        assertMessageContains(
            error, file + aroundName[0] + sample.name, aroundName[1], sample.remedies[i]);
      }
    }
  }

  @Test
  void everyKindHasASample() {
    assertEquals(
        EnumSet.allOf(FileKind.class),
        samples().stream().map(s -> FileKind.of(s.bytes())).collect(Collectors.toSet()));
  }

  @Test
  void textIsDetectedIfTheLastCharacterIsIncomplete() {
    for (String character : List.of("\u00e4", "\u20ac", "\ud83d\ude00")) {
      for (int before = 0; before < 4; before++) {
        byte[] text = ("a".repeat(before) + character.repeat(FileKind.BYTES)).getBytes(UTF_8);
        assertEquals(FileKind.TEXT, FileKind.of(Arrays.copyOf(text, FileKind.BYTES)));
      }
    }
  }

  @Test
  void tableMayBeginLikeAnotherKind() throws IOException {
    for (String name : List.of("PK", "PAR1", "ID3", "FORM", "RIFF", "MAC ", "P1", "BM", "II")) {
      Path file = Files.writeString(folder.resolve("a.csv"), name + "\n1\n2\n");
      assertArrayEquals(new float[] {1, 2}, CsvSeries.read(file).samples(), name);
    }
  }

  @Test
  void intactImageMayHaveAnyName() throws IOException {
    Path png = Path.of("src/test/resources/cases/base.png");
    Path jpeg = Path.of("src/test/resources/cases/base.jpg");
    Files.copy(png, folder.resolve("png.jpg"));
    Files.copy(jpeg, folder.resolve("jpeg.bmp"));
    assertEquals(Images.read(png), Images.read(folder.resolve("png.jpg")));
    assertEquals(Images.read(jpeg), Images.read(folder.resolve("jpeg.bmp")));
  }

  private static String[] all(String remedy) {
    return new String[] {remedy, remedy, remedy};
  }
}
