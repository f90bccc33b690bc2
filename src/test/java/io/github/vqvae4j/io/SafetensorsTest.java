package io.github.vqvae4j.io;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void allTypesAreReadBackExactlyAndInOrder() throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("z", "line\nbreak \"quoted\" \u00e9 \ud83d\ude00");
    metadata.put("a", "");
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    arrays.put(
        "weights",
        NamedArray.of(
            new float[] {Float.MIN_VALUE, Float.MAX_VALUE, -0f, Float.NaN, 0.1f, 1}, 3, 2));
    arrays.put("sums", NamedArray.of(new double[] {Math.PI, Double.MIN_VALUE}, 2, 1));
    arrays.put("step", NamedArray.of(new long[] {Long.MIN_VALUE}));
    arrays.put("codes", NamedArray.of(new int[] {Integer.MAX_VALUE, -1, 0}, 3));
    arrays.put("empty", NamedArray.of(new float[0], 0, 4));
    arrays.put("", NamedArray.of(new int[] {5}, 1));

    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, metadata, arrays);
    SafetensorsFile read = Safetensors.read(file);

    assertEquals(metadata, read.metadata());
    assertEquals(arrays, read.arrays());
    assertEquals(List.copyOf(metadata.keySet()), List.copyOf(read.metadata().keySet()));
    assertEquals(List.copyOf(arrays.keySet()), List.copyOf(read.arrays().keySet()));
  }

  @Test
  void bytesMatchTheFormat() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    arrays.put("w", NamedArray.of(new float[] {1}, 1));
    arrays.put("n", NamedArray.of(new long[] {2}, 1, 1));
    Safetensors.write(file, Map.of("k", "v"), arrays);

    String header =
        "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
            + "\"n\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[0,8]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 12).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded);
    expected.put((header + " ".repeat(padded - header.length())).getBytes(StandardCharsets.UTF_8));
    expected.putLong(2).putFloat(1);
    assertArrayEquals(expected.array(), Files.readAllBytes(file));
  }

  @Test
  void offsetsMayHaveAnyOrder() throws IOException {
    String header =
        "{\"b\":{\"shape\":[1],\"data_offsets\":[4,8],\"dtype\":\"I32\"},"
            + " \"a\" : {\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]}}   ";
    ByteBuffer bytes = ByteBuffer.allocate(16 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    bytes.putInt(10).putInt(20);
    SafetensorsFile read = Safetensors.read(Files.write(folder.resolve("b"), bytes.array()));
    assertEquals(20, read.arrays().get("b").ints()[0]);
    assertEquals(10, read.arrays().get("a").ints()[0]);
    assertEquals("[b, a]", read.arrays().keySet().toString());
    assertTrue(read.metadata().isEmpty());
  }

  @Test
  void bytesAreReadLikeFiles() throws IOException {
    Path file = folder.resolve("a.safetensors");
    Safetensors.write(file, Map.of("k", "v"), Map.of("w", NamedArray.of(new float[] {1, 2}, 2)));
    byte[] bytes = Files.readAllBytes(file);
    Path name = Path.of("resource.safetensors");
    SafetensorsFile read = Safetensors.read(name, bytes);
    assertEquals(Map.of("k", "v"), read.metadata());
    assertArrayEquals(new float[] {1, 2}, read.arrays().get("w").floats());
    for (int length : new int[] {0, 7, 20, bytes.length - 1}) {
      byte[] truncated = Arrays.copyOf(bytes, length);
      BadFileException error =
          assertThrows(BadFileException.class, () -> Safetensors.read(name, truncated));
      assertTrue(error.getMessage().contains("resource.safetensors"), error.getMessage());
    }
  }

  @Test
  void filesMayBeEmpty() throws IOException {
    Path file = folder.resolve("none");
    Safetensors.write(file, Map.of(), Map.of());
    assertEquals(new SafetensorsFile(Map.of(), Map.of()), Safetensors.read(file));
  }

  @Test
  void arraysLongerThanTheBufferAreReadBack() throws IOException {
    float[] floats = new float[100_003];
    double[] doubles = new double[50_001];
    Random random = new Random(1);
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat();
    }
    Arrays.setAll(doubles, i -> random.nextGaussian());
    Path file = folder.resolve("long");
    Map<String, NamedArray> arrays =
        Map.of("f", NamedArray.of(floats, 100_003), "d", NamedArray.of(doubles, 50_001));
    Safetensors.write(file, Map.of(), arrays);
    assertEquals(arrays, Safetensors.read(file).arrays());
  }

  @Test
  void randomFilesAreReadBack() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Map<String, NamedArray> arrays = new LinkedHashMap<>();
      Map<String, String> metadata = new LinkedHashMap<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        arrays.put("a" + random.nextInt(1000), randomArray(random));
        metadata.put("m" + random.nextInt(1000), "v" + random.nextInt());
      }
      Path file = folder.resolve("random");
      Safetensors.write(file, metadata, arrays);
      SafetensorsFile read = Safetensors.read(file);
      assertEquals(arrays, read.arrays(), "seed " + seed);
      assertEquals(metadata, read.metadata(), "seed " + seed);
      assertEquals(new ArrayList<>(arrays.keySet()), new ArrayList<>(read.arrays().keySet()));
    }
  }

  static NamedArray randomArray(Random random) {
    long[] shape = new long[random.nextInt(4)];
    int length = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = random.nextInt(5);
      length *= (int) shape[i];
    }
    return switch (random.nextInt(4)) {
      case 0 -> {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        yield NamedArray.of(values, shape);
      }
      case 1 -> NamedArray.of(random.doubles(length).toArray(), shape);
      case 2 -> NamedArray.of(random.ints(length).toArray(), shape);
      default -> NamedArray.of(random.longs(length).toArray(), shape);
    };
  }

  @Test
  void invalidNamesAndTextsAreRejected() {
    Path file = folder.resolve("x");
    NamedArray array = NamedArray.of(new float[1]);
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Safetensors.write(file, Map.of(), Map.of("__metadata__", array))),
        "__metadata__",
        "rename");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Safetensors.write(file, Map.of("a", "\ud800"), Map.of())),
        "surrogate",
        "correct the text");
    Map<String, String> withNull = new LinkedHashMap<>();
    withNull.put("key", null);
    assertThrows(NullPointerException.class, () -> Safetensors.write(file, withNull, Map.of()));
    assertFalse(Files.exists(file));
  }

  @Test
  void contentsAreUnmodifiable() {
    SafetensorsFile file = new SafetensorsFile(new LinkedHashMap<>(), new LinkedHashMap<>());
    assertThrows(UnsupportedOperationException.class, () -> file.metadata().put("a", "b"));
    assertThrows(UnsupportedOperationException.class, () -> file.arrays().clear());
  }

  @Test
  void missingFilesAndFoldersAreDistinguished() {
    Path missing = folder.resolve("missing.safetensors");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Safetensors.read(missing)),
        missing.toString(),
        "there is no such file",
        "expected a safetensors file",
        "check the path");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Safetensors.read(folder)),
        "got a folder",
        "expected a safetensors file");
  }
}
