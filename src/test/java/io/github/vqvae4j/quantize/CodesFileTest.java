package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesFileTest {
  private static final Map<String, String> VERSION_1 = Map.of("vqvae4j.codes", "1");

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void file() {
    file = folder.resolve("codes.safetensors");
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 20_261_130})
  void loadedCodesEqualSavedCodes(long seed) throws IOException {
    Rng rng = new Rng(seed);
    for (int i = 0; i < 100; i++) {
      Codes codes = RandomCodes.of(rng);
      codes.save(file);
      assertEquals(codes, Codes.load(file), () -> "seed " + seed + ": " + codes);
    }
  }

  @Test
  void fileHasTheDocumentedFormat() throws IOException {
    Codes.of(new int[] {4, 0, 3, -1}, 5, 2, 1, 2).withLabels(7, -1).save(file);
    assertEquals(VERSION_1, Safetensors.read(file).metadata());
    assertEquals(
        Map.of(
            "codes", NamedArray.of(new int[] {4, 0, 3, -1}, 2, 1, 2),
            "codebooks", NamedArray.of(new int[] {5}, 1, 1),
            "labels", NamedArray.of(new int[] {7, -1}, 2)),
        Safetensors.read(file).arrays());
    int[] values = IntStream.range(0, 12).toArray();
    List<Integer> sizes = IntStream.range(12, 18).boxed().toList();
    assertShape(Codes.of(values, new Codebooks(2, 3, sizes), 1, 2), 1, 2, 2, 3);
    assertShape(Codes.of(values, new Codebooks(1, 6, sizes), 1, 2), 1, 2, 6);
    assertShape(Codes.of(values, new Codebooks(6, 1, sizes), 2, 1), 2, 1, 6);
  }

  private void assertShape(Codes codes, long... shape) throws IOException {
    codes.save(file);
    Map<String, NamedArray> arrays = Safetensors.read(file).arrays();
    assertEquals(NamedArray.of(IntStream.range(0, 12).toArray(), shape), arrays.get("codes"));
    assertArrayEquals(
        new long[] {codes.codebooks().groups(), codes.codebooks().stages()},
        arrays.get("codebooks").shape());
    assertEquals(List.of("codes", "codebooks"), List.copyOf(arrays.keySet()));
  }

  @Test
  void otherFileKindsAndVersionsAreRejected() throws IOException {
    assertThrows(NoSuchFileException.class, () -> Codes.load(file));
    Map<String, NamedArray> arrays = Map.of("codes", ints(1, 1, 1));
    Safetensors.write(file, Map.of("vqvae4j.format", "2"), arrays);
    assertRejected("metadata", "does not contain codes", "vqvae4j.codes is missing", "Codes.save");
    for (String version : List.of("2", "0", "", "1.0", "9".repeat(200_000))) {
      Safetensors.write(file, Map.of("vqvae4j.codes", version), arrays);
      assertRejected("metadata vqvae4j.codes", "expected format version 1, got", "a newer one");
    }
  }

  @Test
  void missingUnknownAndMistypedArraysAreNamedInTheError() throws IOException {
    assertBad("codebooks", null, "codebooks", "expected an array of I32", "got none");
    assertBad("codes", null, "codes", "expected an array of I32", "got none");
    assertBad("more", ints(1, 1), "more", "unknown array, expected [codes, codebooks, labels]");
    assertBad("codes", NamedArray.of(new long[6], 1, 2, 3), "codes", "I32", "got I64[1, 2, 3]");
    assertBad("labels", NamedArray.of(new float[1], 1), "labels", "I32", "got F32[1]");
    assertBad(
        "codebooks", NamedArray.of(new int[0], 0, 1L << 40), "codebooks", "one or more values");
    assertBad("codes", NamedArray.of(new int[0], 0, 1L << 40, 3), "codes", "one or more values");
    assertBad("labels", NamedArray.of(new int[0], 0), "labels", "one or more values");
  }

  @Test
  void inconsistentArraysAreNamedInTheError() throws IOException {
    assertBad("codebooks", ints(4, 3), "codebooks", "[groups, stages]", "got I32[3]");
    assertBad("codebooks", ints(4, 1, 1, 3), "codebooks", "[groups, stages]");
    assertBad("codebooks", ints(4, 3, 3), "codes", "end with [3, 3]", "[3, 3], got I32[1, 2, 3]");
    assertBad("codebooks", ints(4, 2, 3), "codes", "a shape of at least two axes, such as");
    assertBad("codebooks", ints(4, 3, 2), "codes", "end with [3, 2]");
    assertBad("codebooks", ints(4, 1, 1_000_000), "codes", "end with [1000000]");
    assertBad("codebooks", ints(0, 1, 3), "codebooks", "size of 1 or more");
    assertBad("codebooks", ints(-4, 1, 3), "codebooks", "size of 1 or more");
    assertBad("codes", ints(4, 1, 2, 3), "codes", "0 to 3", "got 4 at [0, 0], stage 0");
    assertBad("codes", ints(-2, 1, 2, 3), "codes", "got -2 at [0, 0], stage 0");
    assertBad("codes", ints(0, 1, 3), "codes", "a shape of at least two axes, such as");
    assertBad("codes", ints(0, 3), "codes", "a shape of at least two axes, such as");
    assertBad("codes", ints(0), "codes", "end with [3]");
    assertBad("labels", ints(0, 2), "labels", "expected 1 labels", "got 2");
    assertBad("labels", ints(0, 1, 1), "labels", "expected the shape [1], got I32[1, 1]");
    assertBad("labels", ints(-2, 1), "labels", "got -2 for image 0");
    assertBad("", null);
  }

  /** Returns an array filled with one value. */
  private static NamedArray ints(int value, long... shape) {
    long size = 1;
    for (long dimension : shape) {
      size *= dimension;
    }
    return NamedArray.of(IntStream.generate(() -> value).limit(size).toArray(), shape);
  }

  /** Replaces an array in a valid file with 3 stages of 4 codes at 2 positions. */
  private void assertBad(String name, NamedArray array, String... says) throws IOException {
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    arrays.put("codes", ints(3, 1, 2, 3));
    arrays.put("codebooks", ints(4, 1, 3));
    arrays.put("labels", ints(9, 1));
    if (array == null) {
      arrays.remove(name);
    } else {
      arrays.put(name, array);
    }
    Safetensors.write(file, VERSION_1, arrays);
    if (says.length == 0) {
      Codes expected = Codes.of(new int[] {3, 3, 3, 3, 3, 3}, Codebooks.residual(4, 4, 4), 1, 2);
      assertEquals(expected.withLabels(9), Codes.load(file));
    } else {
      says[0] = "array \"" + says[0] + "\"";
      assertRejected(says);
    }
  }

  private void assertRejected(String... says) {
    BadFileException e = assertThrows(BadFileException.class, () -> Codes.load(file));
    assertEquals(says[0], e.location());
    assertMessageContains(e, says);
  }
}
