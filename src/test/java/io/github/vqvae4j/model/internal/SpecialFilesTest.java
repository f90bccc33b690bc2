package io.github.vqvae4j.model.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.data.datasets.Idx;
import io.github.vqvae4j.data.image.FolderListing;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.train.RunFolder;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reading and writing files on interrupted threads, from pipes, and in other file systems. */
@Timeout(120)
class SpecialFilesTest {
  @TempDir Path folder;

  /** The file of each reader, by the name of the reader. */
  private final Map<String, Path> files = new LinkedHashMap<>();

  private interface Reader {
    Object read(Path file) throws IOException;
  }

  private interface Writer {
    void write(Path file) throws IOException;
  }

  /** The readers of single files that require a regular file. */
  private static Map<String, Reader> readers() {
    Map<String, Reader> readers = new LinkedHashMap<>();
    readers.put("Images.png", Images::read);
    readers.put("WavFiles", file -> Arrays.toString(WavFiles.read(file).samples()));
    readers.put("Safetensors", Safetensors::read);
    readers.put("ChannelScale", ChannelScale::load);
    readers.put("Idx", file -> Arrays.toString(Idx.labels(file)));
    readers.put("PixelCnn", file -> loaded(PixelCnn.load(file)));
    readers.put("ImageClassifier", file -> loaded(ImageClassifier.load(file)));
    for (String model : SampleModels.byName().keySet()) {
      readers.put(
          model,
          file -> {
            LoadModelFiles.load(file);
            return "loaded";
          });
    }
    return readers;
  }

  private static String loaded(Block block) {
    block.close();
    return "loaded";
  }

  private void writeAll() throws IOException {
    writers().forEach((name, writer) -> files.put(name, folder.resolve(name)));
    for (Map.Entry<String, Writer> writer : writers().entrySet()) {
      writer.getValue().write(files.get(writer.getKey()));
    }
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 2, 7, 9};
    files.put("Idx", Files.write(folder.resolve("Idx"), labels));
  }

  private static Map<String, Writer> writers() {
    Map<String, Writer> writers = new LinkedHashMap<>();
    writers.put("Images.png", file -> Images.write(Images.of(new float[4], 1, 2, 2, 1), file));
    Series sound = Series.of(new float[70_000], 1, 8_000);
    writers.put("WavFiles", file -> WavFiles.write(sound, file));
    NamedArray array = NamedArray.of(new float[70_000], 70_000);
    writers.put("Safetensors", file -> Safetensors.write(file, Map.of(), Map.of("a", array)));
    writers.put("ChannelScale", new ChannelScale(List.of(1.0), List.of(2.0))::save);
    writers.put("PixelCnn", PixelCnn.ofCodes(5).layers(1).channels(2).build()::save);
    writers.put("ImageClassifier", ImageClassifier.images(4, 4, 1).widths(2).build()::save);
    SampleModels.byName().forEach((name, model) -> writers.put(name, model::save));
    return writers;
  }

  @Test
  void interruptedThreadsCanReadAndWrite() throws IOException {
    Path sounds = Files.createDirectory(folder.resolve("sounds"));
    Thread.currentThread().interrupt();
    try {
      writeAll();
      for (Map.Entry<String, Reader> reader : readers().entrySet()) {
        reader.getValue().read(files.get(reader.getKey()));
        assertTrue(Thread.currentThread().isInterrupted(), reader.getKey());
      }
      WavFiles.write(Series.of(new float[9], 1, 8_000), sounds.resolve("a.wav"));
      assertEquals(1, WavFiles.in(sounds).size());
      Images.write(Images.of(new float[4], 1, 2, 2, 1), sounds.resolve("a.png"));
      assertEquals(1, ImageFolder.in(sounds, ImageFolderConfig.of(2)).size());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void pipesAreRejectedImmediately() throws Exception {
    Path pipe = pipe();
    for (Map.Entry<String, Reader> reader : readers().entrySet()) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () ->
              assertMessageContains(
                  assertThrows(BadFileException.class, () -> reader.getValue().read(pipe)),
                  "got a pipe or a device, expected",
                  "write it to a file first"),
          reader.getKey());
    }
  }

  @Test
  void tablesCanBeReadFromAPipe() throws Exception {
    Path pipe = pipe();
    new ProcessBuilder("sh", "-c", "printf 'a,b\\n1,2\\n3,4.5\\n' > \"$0\"", pipe.toString())
        .start();
    assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () -> assertArrayEquals(new float[] {1, 2, 3, 4.5f}, CsvSeries.read(pipe).samples()));
  }

  private Path pipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    try {
      assumeTrue(
          new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0,
          "this file system has no pipes");
    } catch (IOException e) {
      assumeTrue(false, "this system has no mkfifo");
    }
    return pipe;
  }

  /** Files in a zip archive can be read, but writes cannot be forced to disk. */
  @Test
  void zipArchivesCanBeReadButNotWritten() throws IOException {
    writeAll();
    try (FileSystem zip =
        FileSystems.newFileSystem(folder.resolve("a.zip"), Map.of("create", "true"))) {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        Path inside = Files.copy(file.getValue(), zip.getPath("/" + file.getKey()));
        Reader reader = readers().get(file.getKey());
        assertEquals(reader.read(file.getValue()), reader.read(inside), file.getKey());
      }
      assertEquals(1, FolderListing.images(zip.getPath("/")).files().size());
      Map<String, Writer> writers = writers();
      writers.put("RunFolder", RunFolder::in);
      for (Map.Entry<String, Writer> writer : writers.entrySet()) {
        assertMessageContains(
            assertThrows(
                IOException.class,
                () -> writer.getValue().write(zip.getPath("/out/a.png")),
                writer.getKey()),
            "Cannot write /out/a.png: it is in a file system of the provider jar",
            "Files.copy");
      }
    }
  }
}
