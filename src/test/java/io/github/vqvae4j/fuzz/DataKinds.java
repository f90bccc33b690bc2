package io.github.vqvae4j.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.Archives;
import io.github.vqvae4j.data.datasets.Cifar10;
import io.github.vqvae4j.data.datasets.Cifar10Data;
import io.github.vqvae4j.data.datasets.Idx;
import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.image.PaletteFile;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.data.series.CsvConfig;
import io.github.vqvae4j.data.series.CsvDecimal;
import io.github.vqvae4j.data.series.CsvMissing;
import io.github.vqvae4j.data.series.CsvPresence;
import io.github.vqvae4j.data.series.CsvSeries;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.WavBytes;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Formats of samples, images and arrays. */
final class DataKinds {
  private static final int EXTENSIBLE = 0xfffe;
  private static final int CIFAR_RECORD = 3073;
  private static final int BLOCK = 512;

  private final Path folder;
  private final List<FuzzTarget> kinds = new ArrayList<>();

  private DataKinds(Path folder) {
    this.folder = folder;
  }

  static List<FuzzTarget> all(Path folder) throws IOException {
    DataKinds all = new DataKinds(folder);
    all.sounds();
    all.tables();
    all.idx();
    all.cifar();
    all.archives();
    all.arrays();
    return all.kinds;
  }

  private void sounds() {
    wav("WAV 8 bits", wav(WavBytes.PCM, 8, 1));
    wav("WAV 16 bits", wav(WavBytes.PCM, 16, 1), wav(WavBytes.PCM, 16, 2));
    wav("WAV 24 bits", wav(WavBytes.PCM, 24, 2));
    wav("WAV 32 bits", wav(WavBytes.PCM, 32, 1));
    wav("WAV float", wav(WavBytes.FLOAT, 32, 1), wav(WavBytes.FLOAT, 64, 2));
    wav("WAV extensible", wav(EXTENSIBLE, 16, 2), wav(EXTENSIBLE, 24, 1));
    wav("WAV RF64", wav(WavBytes.PCM, 16, 1), rf64());
  }

  private void wav(String name, byte[]... intact) {
    kinds.add(
        FuzzTarget.of(name, "a.wav", List.of(intact), file -> check(WavFiles.read(file), file)));
  }

  private static void check(Series series, Path file) throws IOException {
    assertTrue(series.length() >= 1 && series.channels() >= 1, series::toString);
    assertTrue(
        series.samplingRate() >= 0 && Double.isFinite(series.samplingRate()), series::toString);
    float[] samples = series.samples();
    assertTrue(samples.length <= Files.size(file), "more samples than bytes");
    for (float sample : samples) {
      assertTrue(Float.isFinite(sample), () -> "sample " + sample);
    }
  }

  private static byte[] wav(int tag, int bits, int channels) {
    byte[] data = samples(tag, bits, channels);
    return WavBytes.riff(
        format(tag, channels, channels * bits / 8, bits), WavBytes.chunk("data", data));
  }

  private static byte[] samples(int tag, int bits, int channels) {
    byte[] data = new byte[100 * channels * bits / 8];
    ByteBuffer samples = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 100 * channels; i++) {
      int value = i * 37 % 200 - 100;
      switch (bits) {
        case 8 -> samples.put((byte) (value + 128));
        case 16 -> samples.putShort((short) (value << 8));
        case 24 -> samples.put((byte) 0).putShort((short) (value << 8));
        case 32 ->
            samples.putInt(tag == WavBytes.PCM ? value << 24 : Float.floatToIntBits(value / 128f));
        default -> samples.putDouble(value / 128.);
      }
    }
    return data;
  }

  private static byte[] format(int tag, int channels, int frame, int bits) {
    return tag == EXTENSIBLE
        ? WavBytes.extensible(WavBytes.PCM, channels, 8_000, frame, bits, bits)
        : WavBytes.fmt(tag, channels, 8_000, frame, bits);
  }

  /** The sizes are -1 and are stored as 64-bit integers in a separate chunk. */
  private static byte[] rf64() {
    byte[] data = samples(WavBytes.PCM, 16, 1);
    return WavBytes.join(
        WavBytes.head("RF64", -1),
        WavBytes.ds64(data.length + 72, data.length),
        format(WavBytes.PCM, 1, 2, 16),
        WavBytes.sized("data", -1, data));
  }

  private void tables() throws IOException {
    String rows = "1,2.5,-3\n4,5e-3,6\n7,8,9.25\n";
    FuzzTarget.Reader reader = file -> check(CsvSeries.read(file), file);
    text("CSV", "a.csv", reader, rows, "a,b,c\n" + rows, "\ufeffa,\"b, c\",d\r\n" + rows);
    String missing = "sep=;\nt;a;b\n1;2,5;8\n3;4,5;NA\n5;NA;9\n7;1;2\n;;\n";
    for (CsvMissing what : CsvMissing.values()) {
      CsvConfig config = CsvConfig.DEFAULT.decimal(CsvDecimal.COMMA).missing(what);
      text(
          "CSV " + what,
          "a.csv",
          file -> check(CsvSeries.read(file, config.index(CsvPresence.PRESENT)), file),
          what == CsvMissing.REJECT ? missing.replace("NA", "6") : missing,
          "# a, b\n\"1,5\",\"2\"\n3,4\n");
    }
    ChannelScale scale = ChannelScale.of(List.of(Series.of(new float[] {1, 5, 2, 9}, 2, 4)));
    Path file = folder.resolve("scale.json");
    scale.save(file);
    Series sample = Series.of(new float[] {1, 5}, 2, 4);
    text(
        "channel scale",
        "a.json",
        f -> {
          ChannelScale read = ChannelScale.load(f);
          try {
            read.apply(sample);
          } catch (IllegalArgumentException e) {
            // The number of channels may differ.
            assertTrue(e.getMessage().contains("channel"), e::toString);
          }
        },
        Files.readString(file));
  }

  private void text(String name, String fileName, FuzzTarget.Reader reader, String... intact) {
    List<byte[]> bytes = Stream.of(intact).map(s -> s.getBytes(StandardCharsets.UTF_8)).toList();
    kinds.add(FuzzTarget.of(name, fileName, bytes, reader));
  }

  private void idx() {
    byte[] images = idx(2051, 3, 4, 5);
    byte[] others = idx(2051, 1, 7, 2);
    byte[] labels = idx(2049, 9);
    kinds.add(
        FuzzTarget.of(
            "IDX images",
            "images",
            List.of(images, others),
            file -> {
              ByteImages read = Idx.images(file);
              assertEquals(
                  Files.size(file) - 16, (long) read.size() * read.height() * read.width());
            }));
    kinds.add(
        FuzzTarget.of(
            "IDX labels",
            "labels",
            List.of(labels),
            file -> assertEquals(Files.size(file) - 8, Idx.labels(file).length)));
    Intact<Images> intact = new Intact<>();
    FuzzTarget packed =
        FuzzTarget.of(
            "IDX images, gzip",
            "images.gz",
            List.of(gzip(images), gzip(others)),
            file -> intact.check(Images.from(Idx.images(file))));
    kinds.add(packed);
  }

  private static byte[] idx(int magic, int... sizes) {
    int length = Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + length).putInt(magic);
    Arrays.stream(sizes).forEach(bytes::putInt);
    for (int i = 0; i < length; i++) {
      bytes.put((byte) (i * 7));
    }
    return bytes.array();
  }

  private void cifar() throws IOException {
    byte[] batch = new byte[2 * CIFAR_RECORD];
    for (int i = 0; i < batch.length; i++) {
      batch[i] = (byte) (i % CIFAR_RECORD == 0 ? 7 : i);
    }
    Files.write(folder.resolve("test_batch.bin"), batch);
    kinds.add(
        FuzzTarget.of(
            "CIFAR-10",
            "data_batch_1.bin",
            List.of(batch, Arrays.copyOf(batch, CIFAR_RECORD)),
            file -> {
              Cifar10Data data = Cifar10.in(file.getParent());
              Dataset train = data.train();
              assertEquals(Files.size(file), (long) train.size() * CIFAR_RECORD);
              for (int i = 0; i < train.size(); i++) {
                assertTrue(train.label(i) >= 0 && train.label(i) < 10);
              }
            }));
  }

  private void archives() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archives.entry(tar, "a/", '5', new byte[0], "");
    Archives.entry(tar, "a/b.bin", '0', new byte[700], "");
    Archives.entry(tar, "c.txt", '0', ascii("some text"), "");
    tar.writeBytes(new byte[2 * BLOCK]);
    Intact<Map<String, List<Byte>>> intact = new Intact<>();
    FuzzTarget kind =
        FuzzTarget.of(
            "tar.gz",
            "a.tar.gz",
            List.of(gzip(tar.toByteArray())),
            file -> intact.check(unpacked(file)));
    kinds.add(kind);
    kinds.add(
        new FuzzTarget(
            "tar in intact gzip",
            "a.tar.gz",
            List.of(tar.toByteArray()),
            bytes -> gzip(Archives.withSums(bytes)),
            DataKinds::unpacked));
  }

  private static Map<String, List<Byte>> unpacked(Path file) throws IOException {
    Path parent = Files.createTempDirectory(file.getParent(), "unpacked");
    Path target = parent.resolve("target");
    Map<String, List<Byte>> content = new TreeMap<>();
    try {
      Archives.unpack(file, target);
    } finally {
      List<Path> paths;
      try (Stream<Path> all = Files.walk(parent)) {
        paths = new ArrayList<>(all.toList());
      }
      for (Path path : paths) {
        assertTrue(path.equals(parent) || path.startsWith(target), () -> "outside: " + path);
        List<Byte> bytes = new ArrayList<>();
        if (Files.isRegularFile(path)) {
          for (byte b : Files.readAllBytes(path)) {
            bytes.add(b);
          }
        }
        content.put(parent.relativize(path).toString(), bytes);
      }
      for (int i = paths.size() - 1; i >= 0; i--) {
        Files.delete(paths.get(i));
      }
    }
    return content;
  }

  private void arrays() throws IOException {
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    arrays.put("floats", NamedArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    arrays.put("doubles", NamedArray.of(new double[] {1, 2}, 2));
    arrays.put("ints", NamedArray.of(new int[] {7}));
    arrays.put("longs", NamedArray.of(new long[] {8, 9}, 1, 2));
    arrays.put("none", NamedArray.of(new float[0], 0, 4));
    Path file = folder.resolve("arrays.safetensors");
    Safetensors.write(file, Map.of("config", "{}"), arrays);
    FuzzTarget kind =
        FuzzTarget.of(
            "safetensors",
            "a.safetensors",
            List.of(Files.readAllBytes(file)),
            f -> check(Safetensors.read(f), f));
    kinds.add(kind);
    kinds.add(kind.repaired(SafetensorsBytes::withHeaderLength, kind.reader()));
    Path image = folder.resolve("palette.png");
    Images palette = Images.of(new float[] {0, 0.25f, 0.5f, 0.75f, 1}, 1, 1, 5, 1);
    PaletteFile.write(palette, new int[] {0, 1, 2, 3, 4, 0}, 2, 3, image);
    Intact<Images> images = new Intact<>();
    kinds.add(
        FuzzTarget.of(
            "palette file",
            "a.png",
            List.of(Files.readAllBytes(image)),
            f -> images.check(Images.read(f))));
  }

  private static void check(SafetensorsFile content, Path file) throws IOException {
    long bytes = 0;
    for (NamedArray array : content.arrays().values()) {
      long length = Arrays.stream(array.shape()).reduce(1, (a, b) -> a * b);
      assertEquals(length, array.length());
      bytes += length * array.type().bytes();
    }
    assertTrue(bytes <= Files.size(file), "the arrays are larger than the file");
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
