package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.data.series.WavBytes.FLOAT;
import static io.github.vqvae4j.data.series.WavBytes.PCM;
import static io.github.vqvae4j.data.series.WavBytes.ascii;
import static io.github.vqvae4j.data.series.WavBytes.chunk;
import static io.github.vqvae4j.data.series.WavBytes.doubles;
import static io.github.vqvae4j.data.series.WavBytes.ds64;
import static io.github.vqvae4j.data.series.WavBytes.extensible;
import static io.github.vqvae4j.data.series.WavBytes.floats;
import static io.github.vqvae4j.data.series.WavBytes.fmt;
import static io.github.vqvae4j.data.series.WavBytes.head;
import static io.github.vqvae4j.data.series.WavBytes.ints;
import static io.github.vqvae4j.data.series.WavBytes.join;
import static io.github.vqvae4j.data.series.WavBytes.riff;
import static io.github.vqvae4j.data.series.WavBytes.sized;
import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Kinds of WAV files written by other programs are read as intended, or named in the error. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WavKindsTest {
  /** 100 samples of a sawtooth that is exact in 16 bits. */
  private static final float[] SAW = saw();

  @TempDir Path folder;

  private static float[] saw() {
    float[] saw = new float[100];
    for (int i = 0; i < saw.length; i++) {
      saw[i] = (i % 25 - 12) * 2_001 / 32_768f;
    }
    return saw;
  }

  /** The sawtooth as integers whose upper {@code bits} are significant, the others being 0. */
  private static long[] steps() {
    long[] steps = new long[SAW.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (long) (SAW[i] * 32_768) << 48;
    }
    return steps;
  }

  private static byte[] pcm16() {
    return ints(2, steps());
  }

  private static byte[] fmt16() {
    return fmt(PCM, 1, 8_000, 2, 16);
  }

  private static byte[] extensible16() {
    return extensible(PCM, 1, 8_000, 2, 16, 16);
  }

  private Path file(byte[]... parts) throws IOException {
    return Files.write(folder.resolve("a.wav"), join(parts));
  }

  private void assertSaw(byte[]... parts) throws IOException {
    Series sound = WavFiles.read(file(parts));
    assertEquals("Series[100, 1] at 8000.0 Hz", sound.toString());
    assertArrayEquals(SAW, sound.samples());
  }

  private BadFileException rejected(byte[]... parts) throws IOException {
    Path bad = file(parts);
    BadFileException problem = assertThrows(BadFileException.class, () -> WavFiles.read(bad));
    assertMessageContains(problem, bad + ": ");
    return problem;
  }

  // --- floating point

  @Test
  void floatsAreReadUnchanged() throws IOException {
    double[] wide = new double[SAW.length];
    Arrays.setAll(wide, i -> SAW[i]);
    assertSaw(riff(fmt(FLOAT, 1, 8_000, 4, 32), chunk("data", floats(SAW))));
    assertSaw(riff(fmt(FLOAT, 1, 8_000, 8, 64), chunk("data", doubles(wide))));
    assertSaw(riff(extensible(FLOAT, 1, 8_000, 4, 32, 32), chunk("data", floats(SAW))));
    assertSaw(riff(extensible(FLOAT, 1, 8_000, 8, 64, 64), chunk("data", doubles(wide))));
    float[] loud = {-3, 2.5f, 1e30f, Float.MIN_VALUE, -0f, Float.MAX_VALUE};
    Path file = file(riff(fmt(FLOAT, 2, 44_100, 8, 32), chunk("data", floats(loud))));
    assertArrayEquals(loud, WavFiles.read(file).samples());
    file = file(riff(fmt(FLOAT, 1, 44_100, 8, 64), chunk("data", doubles(0.1, -1e-300))));
    assertArrayEquals(new float[] {0.1f, -0f}, WavFiles.read(file).samples());
  }

  @Test
  void nonFiniteSamplesAreReportedWithPosition() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertMessageContains(
          rejected(riff(fmt(FLOAT, 2, 8_000, 8, 32), chunk("data", floats(0, 1, 2, bad)))),
          "data: got " + bad + " in frame 1, channel 1",
          "finite");
    }
    assertMessageContains(
        rejected(riff(fmt(FLOAT, 1, 8_000, 8, 64), chunk("data", doubles(0, -1e39)))),
        "got -1.0E39 in frame 1, channel 0");
  }

  @Test
  void secondDataChunkIsIgnoredWithAWarning() throws IOException {
    assertEquals(List.of(), warnings(riff(fmt16(), chunk("data", pcm16()), chunk("LIST"))));
    assertEquals(List.of(), warnings(join(riff(fmt16(), chunk("data", pcm16())), new byte[999])));
    for (byte[] file :
        List.of(
            riff(fmt16(), chunk("data", pcm16()), chunk("data", pcm16())),
            riff(fmt16(), chunk("data", pcm16()), chunk("LIST", new byte[7]), chunk("data")))) {
      List<String> warnings = warnings(file);
      assertEquals(1, warnings.size(), warnings.toString());
      assertMessageContains(
          new IOException(warnings.get(0)), "a.wav: a second \"data\" chunk, of ", "ignored");
    }
  }

  private List<String> warnings(byte[] file) throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(WavFiles.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    assertSaw(file);
    logger.detachAppender(log);
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  // --- sizes unknown to a writer to a pipe

  @ParameterizedTest
  @CsvSource({
    "FFFFFFFF, FFFFFFFF", // ffmpeg
    "0, 0", // GStreamer
    "7FFFF024, 7FFFF000", // sox, espeak, mplayer
    "80000023, 7FFFFFFF", // lame
    "7FFFFF24, 7FFFFF00", // arecord
    "24, 0", // Python's wave
    "FFFFFFFF, 0",
    "0, FFFFFFFF",
    "EC, FFFFFFFF", // the RIFF size of a complete file
    "EC, C9",
    "EC, 7FFFF000",
    "0, 1000"
  })
  void streamedFileIsReadToItsEnd(String riffSize, String dataSize) throws IOException {
    long all = Long.parseLong(riffSize, 16);
    long data = Long.parseLong(dataSize, 16);
    assertSaw(head("RIFF", all), fmt16(), sized("data", data, pcm16()));
    assertSaw(head("RIFF", all), fmt16(), sized("data", data, pcm16()), new byte[1]);
    byte[] list = chunk("LIST", new byte[26]);
    long moved = all == 0xEC || all == 0x24 ? all + list.length : all;
    assertSaw(head("RIFF", moved), fmt16(), list, sized("data", data, pcm16()));
  }

  @Test
  void truncatedFileIsRejected() throws IOException {
    byte[] whole = riff(fmt16(), chunk("data", pcm16()));
    for (int length = 5; length < whole.length; length++) {
      assertMessageContains(
          rejected(Arrays.copyOf(whole, length)),
          length < 12 ? "get a new copy of the file" : "get a new copy");
    }
    assertMessageContains(
        rejected(Arrays.copyOf(whole, 100)), "data: got 28 frames, expected 100", "truncated");
    byte[] trailed = riff(fmt16(), chunk("data"), chunk("LIST", new byte[26]));
    assertMessageContains(rejected(trailed), "data: got 0 frames, expected 1");
    assertMessageContains(rejected(riff(fmt16(), chunk("data"))), "data: got 0 frames, expected 1");
    assertMessageContains(rejected(riff(fmt16(), chunk("data", (byte) 1))), "data: got 0 frames");
  }

  // --- more bytes than bits

  @ParameterizedTest
  @CsvSource({
    // container bytes, bits, valid bits
    "2, 16, 16",
    "3, 24, 24",
    "3, 24, 20",
    "4, 32, 24",
    "4, 32, 20",
    "4, 32, 32",
    "4, 24, 24",
    "3, 17, 17",
    "4, 16, 16"
  })
  void samplesOfAnySizeAreReadFromTheUpperBits(int bytes, int bits, int valid) throws IOException {
    byte[] data = chunk("data", ints(bytes, steps()));
    assertSaw(riff(fmt(PCM, 1, 8_000, bytes, bits), data));
    assertSaw(riff(extensible(PCM, 1, 8_000, bytes, bits, valid), data));
  }

  @Test
  void fewerBitsThanBytesAreRead() throws IOException {
    Path file = file(riff(fmt(PCM, 1, 8_000, 2, 12), chunk("data", ints(2, 0x7FF0L << 48))));
    assertArrayEquals(new float[] {2_047 / 2_048f}, WavFiles.read(file).samples());
    file = file(riff(fmt(PCM, 1, 8_000, 1, 7), chunk("data", (byte) 0xFE, (byte) 0)));
    assertArrayEquals(new float[] {63 / 64f, -1}, WavFiles.read(file).samples());
    // Hardware fills the lowest bits, too, and the valid bits state only the precision.
    byte[] full = ints(4, 0x7FFFFFFFL << 32, 1L << 32);
    file = file(riff(extensible(PCM, 1, 8_000, 4, 32, 24), chunk("data", full)));
    assertArrayEquals(new float[] {1, 0x1p-31f}, WavFiles.read(file).samples());
  }

  @Test
  void samplesInTheLowerBitsAreRejected() throws IOException {
    byte[] data = ints(4, 0x00123456L << 32);
    assertMessageContains(
        rejected(riff(fmt(PCM, 1, 8_000, 4, 24), chunk("data", data))),
        "data: ",
        "24 bits in 4 bytes",
        "upper bits",
        "convert it");
    data = ints(2, 0x0123L << 48);
    rejected(riff(fmt(PCM, 1, 8_000, 2, 12), chunk("data", data)));
  }

  // --- chunks

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 10_000, 10_001, 300_000})
  void chunksOfAnyLengthAreSkipped(int length) throws IOException {
    byte[] data = chunk("data", pcm16());
    for (byte[] format : List.of(fmt16(), extensible16())) {
      for (String id : List.of("LIST", "JUNK", "bext", "fact", "\0\0\0\0", "DATA")) {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 'x');
        byte[] chunk = chunk(id, content);
        byte[] pad = new byte[length % 2];
        assertSaw(riff(format, chunk, pad, data));
        assertSaw(riff(chunk, pad, format, data));
        assertSaw(riff(format, data, chunk, pad));
        Arrays.fill(pad, (byte) 'd');
        assertSaw(riff(format, chunk, pad, data));
        Arrays.fill(pad, (byte) 7);
        assertSaw(riff(chunk, pad, format, data));
        // Some programs do not pad.
        assertSaw(riff(format, chunk, data));
        assertSaw(riff(chunk, format, data));
      }
    }
    // Like the padding between disk sectors.
    assertSaw(riff(fmt16(), new byte[length / 8 * 8], data));
  }

  @Test
  void dataAfterTheSamplesAreNotRead() throws IOException {
    assertSaw(riff(fmt16(), chunk("data", pcm16())), ascii("TAG of an old player"));
    byte[] odd = chunk("data", join(pcm16(), new byte[1]));
    assertSaw(riff(fmt16(), odd));
    assertSaw(riff(fmt16(), odd, new byte[1]));
    assertSaw(riff(fmt16(), odd, new byte[1], chunk("LIST", new byte[8])));
  }

  @Test
  void missingChunksAreNamed() throws IOException {
    assertMessageContains(rejected(riff(chunk("data", pcm16()))), "\"fmt \"");
    assertMessageContains(rejected(riff(chunk("data", pcm16()), fmt16())), "\"fmt \"");
    assertMessageContains(rejected(riff(fmt16(), chunk("LIST", new byte[8]))), "\"data\"");
    assertMessageContains(
        rejected(riff(chunk("fmt ", new byte[15]), chunk("data", pcm16()))), "fmt", "15");
  }

  // --- RF64

  @ParameterizedTest
  @ValueSource(strings = {"RF64", "BW64"})
  void sixtyFourBitSizesAreRead(String magic) throws IOException {
    byte[] data = sized("data", 0xFFFFFFFFL, pcm16());
    byte[] list = chunk("LIST", new byte[8]);
    assertSaw(head(magic, 0xFFFFFFFFL), ds64(272, 200), fmt16(), data);
    assertSaw(head(magic, 0xFFFFFFFFL), ds64(288, 200), extensible16(), data, list);
    // The size of a small file may be in the regular field.
    assertSaw(head(magic, 0xFFFFFFFFL), ds64(272, 0), fmt16(), chunk("data", pcm16()), list);
    // A stream.
    assertSaw(head(magic, 0xFFFFFFFFL), ds64(0, 0), fmt16(), data);
    assertSaw(head(magic, 0xFFFFFFFFL), ds64(-1, -1), fmt16(), data);
    assertMessageContains(
        rejected(head(magic, 0xFFFFFFFFL), ds64(5_000_000_072L, 5_000_000_000L), fmt16(), data),
        "data: got 100 frames, expected 2500000000",
        "truncated");
  }

  // --- invalid headers

  @Test
  void invalidHeadersAreRejected() throws IOException {
    byte[] data = chunk("data", new byte[240]);
    assertMessageContains(rejected(riff(fmt(PCM, 1, 8_000, 0, 16), data)), "header: ", "0 bytes");
    assertMessageContains(
        rejected(riff(extensible(PCM, 1, 8_000, 0, 24, 24), data)), "header: ", "0 bytes");
    assertMessageContains(
        rejected(riff(fmt(PCM, 0, 8_000, 2, 16), data)), "header: ", "0 channels");
    assertMessageContains(
        rejected(riff(fmt(PCM, 1, 0, 2, 16), data)), "header: ", "a sampling rate of 0 Hz");
    assertMessageContains(
        rejected(riff(fmt(PCM, 1, 0xFFFFFFFFL, 2, 16), data)), "a sampling rate of 4294967295 Hz");
    int[][] bad = {
      {PCM, 1, 2, 0}, {PCM, 1, 1, 9}, {PCM, 2, 3, 12}, {PCM, 3, 2, 8}, {PCM, 1, 2, 8},
      {PCM, 1, 5, 40}, {PCM, 1, 8, 64}, {FLOAT, 1, 2, 16}, {FLOAT, 1, 3, 24}, {FLOAT, 1, 8, 32},
      {FLOAT, 1, 4, 64}, {FLOAT, 2, 4, 32}
    };
    for (int[] b : bad) {
      assertMessageContains(
          rejected(riff(fmt(b[0], b[1], 8_000, b[2], b[3]), data)),
          "header: got ",
          b[3] + " bits",
          "8, 16, 24 or 32 bits",
          "convert it");
      rejected(riff(extensible(b[0], b[1], 8_000, b[2], b[3], b[3]), data));
    }
  }

  @Test
  void wrongHeaderSizesDoNotAllocateMemory() throws IOException {
    byte[] start = join(head("RIFF", 0xFFFFFFFFL), fmt(PCM, 65_535, 8_000, 65_535, 8));
    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> rejected(start, sized("data", 0xFFFFFFFEL, new byte[1_000])));
    byte[] big = chunk("fmt ", new byte[8]);
    big[7] = 0x7F;
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> rejected(head("RIFF", 9), big));
  }

  @Test
  void truncatedChunkOfOddLengthIsTheLast() throws IOException {
    assertMessageContains(
        rejected(riff(fmt(PCM, 1, 8_000, 2, 16), sized("JUNK", 999, new byte[9]))),
        "chunks: got no \"data\"");
  }

  @Test
  void excessiveSampleCountIsRejected() throws IOException {
    long size = 2_200_000_000L;
    Path file = file(head("RF64", 0xFFFFFFFFL), ds64(size + 72, size), fmt(PCM, 1, 8_000, 1, 8));
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.seek(large.length());
      large.write(sized("data", 0xFFFFFFFFL));
      large.setLength(large.length() + size); // a hole, which takes no disk space
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertMessageContains(
                assertThrows(BadFileException.class, () -> WavFiles.read(file)),
                "got " + size + " samples",
                "2147483639",
                "split the file"));
  }

  // --- other kinds

  @Test
  void unsupportedCodecsAreNamed() throws IOException {
    Map<Integer, String> names =
        Map.of(
            2,
            "Microsoft ADPCM",
            6,
            "A-law",
            7,
            "mu-law",
            0x11,
            "IMA ADPCM",
            0x31,
            "GSM",
            0x55,
            "MP3");
    for (int tag : names.keySet()) {
      for (byte[] format : List.of(fmt(tag, 1, 8_000, 1, 8), extensible(tag, 1, 8_000, 1, 8, 8))) {
        assertMessageContains(
            rejected(riff(format, chunk("data", new byte[100]))),
            "header: got " + names.get(tag),
            "ffmpeg");
      }
    }
    assertMessageContains(
        rejected(riff(fmt(0x1234, 1, 8_000, 1, 8), chunk("data", new byte[100]))), "0x1234");
    byte[] other = extensible16();
    other[8 + 39] ^= 1;
    assertMessageContains(rejected(riff(other, chunk("data", pcm16()))), "header: ", "sub-format");
    byte[] none = fmt(0xFFFE, 1, 8_000, 2, 16);
    assertMessageContains(rejected(riff(none, chunk("data", pcm16()))), "header: ", "sub-format");
  }

  @Test
  void otherKindsOfFilesAreNamed() throws IOException {
    Map<String, String> beginnings =
        Map.ofEntries(
            Map.entry("fLaC", "FLAC"),
            Map.entry("OggS", "Ogg"),
            Map.entry("ID3\3", "MP3"),
            Map.entry("\u00ff\u00fb\u0090d", "MP3"),
            Map.entry("\u00ff\u00f1P@", "AAC"),
            Map.entry("\0\0\0 ftypM4A ", "M4A"),
            Map.entry(".snd", "Sun AU"),
            Map.entry("FORM....AIFF", "AIFF"),
            Map.entry("FORM....AIFC", "AIFF"),
            Map.entry("riff.\u0091\u00cf\u0011", "Wave64"),
            Map.entry("RIFX....WAVE", "RIFX"),
            Map.entry("RIFF....AVI ", "AVI"),
            Map.entry("RIFF....WEBP", "WebP"),
            Map.entry("caff\0\1", "CAF"),
            Map.entry("\u001aE\u00df\u00a3", "WebM"),
            Map.entry("MThd", "MIDI"),
            Map.entry("wvpk", "WavPack"),
            Map.entry("#!AMR\n", "AMR"),
            Map.entry("NIST_1A\n   1024\n", "SPHERE"),
            Map.entry("0&\u00b2u\u008ef", "WMA"),
            Map.entry("<!DOCTYPE html><html>", "HTML"),
            Map.entry("\n <html>", "HTML"),
            Map.entry("version https://git-lfs", "Git LFS"));
    for (Map.Entry<String, String> kind : beginnings.entrySet()) {
      for (int length : new int[] {0, 1_000}) {
        assertMessageContains(
            rejected(ascii(kind.getKey()), new byte[length]),
            "header: got ",
            kind.getValue(),
            "expected a WAV file");
      }
    }
    assertMessageContains(rejected(ascii("fLaC")), "ffmpeg -i");
    assertMessageContains(
        rejected(ascii("some text")),
        "header: got text",
        "get a new copy of the file, check the path");
    assertMessageContains(rejected(new byte[0]), "empty");
  }

  @Test
  void pipesAreReadAndOtherSpecialFilesNamed() throws IOException {
    Path zip = folder.resolve("sounds.zip");
    try (FileSystem inside = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path packed = inside.getPath("a.wav");
      Files.write(packed, riff(extensible16(), chunk("LIST", new byte[9]), chunk("data", pcm16())));
      assertArrayEquals(SAW, WavFiles.read(packed).samples());
    }
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "no /dev/null on this system");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> WavFiles.read(device)), "a device");
  }
}
