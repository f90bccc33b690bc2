package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WavFilesTest {
  @TempDir Path folder;

  @Test
  void eachSampleSizeIsReadExactly() throws IOException {
    // The minimum, the maximum, minus one step, and a half, as bytes of each size.
    Path file = wav("8.wav", 8, 1, 0, 255, 127, 192);
    assertArrayEquals(new float[] {-1, 127 / 128f, -1 / 128f, 0.5f}, WavFiles.read(file).samples());
    file = wav("16.wav", 16, 1, 0, 0x80, 0xff, 0x7f, 0xff, 0xff, 0, 0x40);
    assertArrayEquals(
        new float[] {-1, 32_767 / 32_768f, -1 / 32_768f, 0.5f}, WavFiles.read(file).samples());
    file = wav("24.wav", 24, 1, 0, 0, 0x80, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0x40);
    assertArrayEquals(
        new float[] {-1, 8_388_607 / 8_388_608f, -1 / 8_388_608f, 0.5f},
        WavFiles.read(file).samples());
    file = wav("32.wav", 32, 1, 0, 0, 0, 0x80, 0, 0, 0, 0x40);
    assertArrayEquals(new float[] {-1, 0.5f}, WavFiles.read(file).samples());
  }

  @Test
  void channelsAndRateAreRead() throws IOException {
    Series stereo = WavFiles.read(wav("stereo.wav", 24, 2, 0, 0, 64, 0, 0, 32, 0, 0, 16, 0, 0, 8));
    assertEquals("Series[2, 2] at 22050.0 Hz", stereo.toString());
    assertArrayEquals(new float[] {0.5f, 0.25f, 0.125f, 0.0625f}, stereo.samples());
    assertEquals(6, WavFiles.read(wav("six.wav", 8, 6, 1, 2, 3, 4, 5, 6)).channels());
  }

  @Test
  void folderIsReadInTheOrderOfNames() throws IOException {
    wav("b.wav", 8, 1, 192);
    wav("a.WAV", 8, 1, 128, 192);
    Files.writeString(folder.resolve("notes.txt"), "no sound");
    List<Series> sounds = WavFiles.in(folder);
    assertEquals(List.of(2, 1), sounds.stream().map(Series::length).toList());
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> WavFiles.in(empty)),
        empty + ": folder: got no WAV files among 0 files",
        "end in .wav");
    assertThrows(NoSuchFileException.class, () -> WavFiles.in(folder.resolve("none")));
  }

  @Test
  void errorNamesTheFileThatDiffersFromMostOthers() throws IOException {
    // The first one, so that it cannot be detected by comparison with earlier ones.
    WavFiles.write(Series.of(new float[6], 2, 8_000), folder.resolve("a.wav"));
    WavFiles.write(Series.of(new float[3], 1, 16_000), folder.resolve("b.wav"));
    WavFiles.write(Series.of(new float[5], 1, 16_000), folder.resolve("c.wav"));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> WavFiles.in(folder)),
        folder.resolve("a.wav") + ": header: got 2 channels at 8000.0 Hz",
        "expected 1 channel at 16000.0 Hz as in 2 of the 3 files of the folder",
        "convert the file, move it to another folder, or read the files one by one with"
            + " WavFiles.read");
    Files.delete(folder.resolve("a.wav"));
    assertEquals(2, WavFiles.in(folder).size());
    WavFiles.write(Series.of(new float[5], 1, 8_000), folder.resolve("c.wav"));
    assertMessageContains(
        assertThrows(BadFileException.class, () -> WavFiles.in(folder)),
        folder.resolve("c.wav") + ": header: got 1 channel at 8000.0",
        "as in 1 of the 2 files");
  }

  @Test
  void framesOfManyBytesAreRead() throws IOException {
    int[] bytes = new int[20_000];
    bytes[19_999] = 64;
    // The JDK does not write so many channels: their number is at byte 22, the bytes per frame at
    // 32.
    byte[] sound = Files.readAllBytes(wav("mono.wav", 16, 1, bytes));
    ByteBuffer header = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
    header.putShort(22, (short) 10_000).putShort(32, (short) 20_000);
    Series wide = WavFiles.read(Files.write(folder.resolve("wide.wav"), sound));
    assertEquals("Series[1, 10000] at 22050.0 Hz", wide.toString());
    assertEquals(0.5f, wide.samples()[9_999]);
  }

  @Test
  void writtenSamplesAreReadBack() throws IOException {
    Path file = folder.resolve("new folder/written.wav");
    float[] samples = {-1, 32_767 / 32_768f, -1 / 32_768f, 0.5f, 0, 1 / 32_768f};
    for (int channels : new int[] {1, 2, 6}) {
      Series sound = Series.of(samples, channels, 22_050);
      WavFiles.write(sound, file);
      Series read = WavFiles.read(file);
      assertEquals(sound.toString(), read.toString());
      assertArrayEquals(samples, read.samples());
    }
    // Equal to the file written by the JDK.
    Path other = wav("jdk.wav", 16, 2, 0, 0x80, 0xff, 0x7f, 0xff, 0xff, 0, 0x40);
    WavFiles.write(WavFiles.read(other), file);
    assertArrayEquals(Files.readAllBytes(other), Files.readAllBytes(file));
    WavFiles.write(Series.of(new float[16_383], 16_383, 1), file);
    assertEquals("Series[1, 16383] at 1.0 Hz", WavFiles.read(file).toString());
  }

  @Test
  void writtenSamplesAreRoundedAndClamped() throws IOException {
    Path file = folder.resolve("loud.wav");
    float step = 1 / 32_768f;
    WavFiles.write(Series.of(new float[] {1, 3e30f, -1.5f, 0.6f * step, 0.4f * step}, 1, 8), file);
    assertArrayEquals(new float[] {1 - step, 1 - step, -1, step, 0}, WavFiles.read(file).samples());
  }

  @Test
  void seriesUnsupportedByWavAreRejected() throws IOException {
    Path file = folder.resolve("none.wav");
    for (Series bad :
        new Series[] {
          Series.of(new float[4], 1, 0),
          Series.of(new float[4], 1, 0.5),
          Series.of(new float[4], 1, 12.5),
          Series.of(new float[4], 4, 500_000_000),
          Series.of(new float[16_384], 16_384, 8)
        }) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> WavFiles.write(bad, file)),
          "got " + bad,
          "an integer sampling rate",
          "Series.of");
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void badFilesAreRejected() throws IOException {
    Path text = Files.writeString(folder.resolve("a.wav"), "this is no sound");
    rejected(
        text,
        text
            + ": header: got text, expected a WAV file; get a new copy of the file, check the"
            + " path");
    rejected(
        Files.write(folder.resolve("b.wav"), new byte[0]),
        "got an empty file",
        "get a new copy of the file");
    byte[] sound = Files.readAllBytes(wav("c.wav", 16, 1, new int[2_000]));
    Path cut = Files.write(folder.resolve("d.wav"), Arrays.copyOf(sound, sound.length - 1_000));
    rejected(cut, cut + ": data: got 500 frames, expected 1000", "truncated");
    rejected(wav("e.wav", 16, 1), "got 0 frames, expected 1");
    // In a WAV file the format tag is at byte 20: 3 is floating point, 7 mu-law.
    sound[20] = 7;
    sound[34] = 8;
    rejected(
        Files.write(folder.resolve("f.wav"), sound),
        "header: got mu-law (G.711) samples",
        "8, 16, 24 or 32 bits");
    Path missing = folder.resolve("none.wav");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> WavFiles.read(missing)), "a WAV file");
  }

  private static void rejected(Path file, String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, () -> WavFiles.read(file)), parts);
  }

  /** Encodes samples as the bytes in the file. */
  private Path wav(String name, int bits, int channels, int... bytes) throws IOException {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) bytes[i];
    }
    AudioFormat format = new AudioFormat(22_050, bits, channels, bits > 8, false);
    Path file = folder.resolve(name);
    AudioInputStream sound =
        new AudioInputStream(
            new ByteArrayInputStream(data), format, data.length / format.getFrameSize());
    AudioSystem.write(sound, AudioFileFormat.Type.WAVE, file.toFile());
    return file;
  }

  @Test
  void shrinkingAudioFileIsReportedAsTruncated() throws IOException {
    Path file = folder.resolve("a.wav");
    WavFiles.write(Series.of(new float[300_000], 1, 8_000), file);
    try (FileBytes bytes = new FileBytes(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(100_000);
      }
      assertMessageContains(
          assertThrows(BadFileException.class, () -> new WavReader(bytes).read()),
          "a.wav: data: the file was truncated while being read");
    }
  }
}
