package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Block#saveWeights} and {@link Block#loadWeights}. */
class SavedWeightsTest {
  /** A block with variables of ranks 1 to 4, a buffer, nested blocks and a shared one. */
  private static final class Mixed extends Block {
    final Linear head;

    Mixed(long seed) {
      Rng rng = new Rng(seed);
      float[] scale = {rng.nextFloat()};
      parameter("scale", scale, 1);
      parameter(
          "cube", new float[] {1, -0f, Float.MIN_VALUE, Float.MAX_VALUE, seed, 0.1f}, 1, 2, 3);
      Sequential body =
          child("body", Sequential.of(new Conv2d(ConvConfig.of(3, 5, 1), rng), new BatchNorm2d(5)));
      child("again", body);
      head = child("head", new Linear(2, 7, rng));
    }
  }

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("weights.safetensors");
  }

  private static Map<String, float[]> values(Block block) {
    Map<String, float[]> values = new LinkedHashMap<>();
    block.variables().forEach((name, variable) -> values.put(name, variable.toFloats()));
    return values;
  }

  private static void assertSame(Map<String, float[]> expected, Block block) {
    Map<String, float[]> actual = values(block);
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((name, array) -> assertArrayEquals(array, actual.get(name), name));
  }

  @Test
  void roundTripOfAllShapes() throws IOException {
    try (Mixed saved = new Mixed(1);
        Mixed loaded = new Mixed(2)) {
      assertFalse(Arrays.equals(values(saved).get("cube"), values(loaded).get("cube")));
      saved.saveWeights(file);
      loaded.loadWeights(file);
      assertSame(values(saved), loaded);
      assertArrayEquals(new String[] {"weights.safetensors"}, folder.toFile().list());
      saved.head.parameters().get(0).set(new float[14]);
      saved.saveWeights(file);
      loaded.loadWeights(file);
      assertSame(values(saved), loaded);
    }
  }

  @Test
  void doublesAreRefused() throws IOException {
    try (Mixed saved = new Mixed(1);
        Mixed loaded = new Mixed(2)) {
      saved.saveWeights(file);
      saved.convert(DType.DOUBLE);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> saved.saveWeights(file)),
          "expected a FLOAT variable, got DOUBLE");
      Map<String, float[]> before = values(loaded);
      loaded.head.convert(DType.DOUBLE);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> loaded.loadWeights(file)),
          "expected FLOAT variables, got DOUBLE of head.weight",
          "convert(DType.FLOAT)");
      loaded.head.convert(DType.FLOAT);
      assertSame(before, loaded);
    }
  }

  @Test
  void aPartOfALargerModel() throws IOException {
    try (Mixed saved = new Mixed(1);
        Linear head = new Linear(2, 7, new Rng(3));
        Conv2d convolution = new Conv2d(ConvConfig.of(3, 5, 1), new Rng(4))) {
      saved.saveWeights(file);
      head.loadWeights(file, "head");
      assertSame(values(saved.head), head);
      convolution.loadWeights(file, "body.0");
      assertArrayEquals(values(saved).get("body.0.weight"), values(convolution).get("weight"));
      Map<String, float[]> before = values(head);
      for (String prefix : List.of("", "hea", "head.", "body", "none")) {
        assertMessageContains(
            assertThrows(BadFileException.class, () -> head.loadWeights(file, prefix), prefix),
            "weights.safetensors",
            "arrays");
      }
      assertSame(before, head);
    }
  }

  @Test
  void aPrefixIsSuggested() throws IOException {
    try (Mixed saved = new Mixed(1);
        Linear head = new Linear(2, 7, new Rng(3));
        Mixed other = new Mixed(2)) {
      saved.saveWeights(file);
      assertRefused(
          head,
          "expected the arrays of this block, got those of a larger model, in which they start with"
              + " head; call loadWeights(file, \"head\")");
      assertMessageContains(
          assertThrows(BadFileException.class, () -> head.loadWeights(file, "gen")),
          "no array starts with gen.; the file has body, again, head; ",
          "call loadWeights(file, \"head\")");
      head.saveWeights(file);
      BadFileException e =
          assertThrows(BadFileException.class, () -> other.loadWeights(file, "gen"));
      assertMessageContains(e, "no array starts with gen.; the file has weight, bias");
      assertFalse(e.getMessage().contains("loadWeights"), e.getMessage());
      assertRefused(other, "expected the arrays of this model");
    }
  }

  @Test
  void aPartOfASavedModel() throws IOException {
    try (VqVae saved = Shapes.model(1, 1);
        VqVae other = Shapes.model(1, 2)) {
      saved.save(file);
      other.encoder().loadWeights(file, "encoder");
      assertSame(values(saved.encoder()), other.encoder());
      other.decoder().loadWeights(file, "decoder");
      assertSame(values(saved.decoder()), other.decoder());
    }
  }

  private void assertRefused(Block block, String... texts) {
    Map<String, float[]> before = values(block);
    BadFileException e = assertThrows(BadFileException.class, () -> block.loadWeights(file));
    assertMessageContains(e, "weights.safetensors");
    assertMessageContains(e, texts);
    assertSame(before, block);
  }

  @Test
  void wrongArrays() throws IOException {
    try (Linear head = new Linear(2, 3, new Rng(1))) {
      float[] weight = new float[6];
      float[] bias = new float[3];
      Map<String, Map<String, NamedArray>> files = new LinkedHashMap<>();
      files.put("missing [bias]", Map.of("weight", NamedArray.of(weight, 3, 2)));
      files.put(
          "unknown [more]",
          Map.of(
              "weight", NamedArray.of(weight, 3, 2),
              "bias", NamedArray.of(bias, 3),
              "more", NamedArray.of(bias, 3)));
      files.put(
          "expected F32 [3]",
          Map.of("weight", NamedArray.of(weight, shape(head)), "bias", NamedArray.of(bias, 3, 1)));
      files.put(
          "got F64",
          Map.of(
              "weight",
              NamedArray.of(weight, shape(head)),
              "bias",
              NamedArray.of(new double[3], 3)));
      bias = new float[] {0, Float.NaN, 0};
      files.put(
          "got NaN as element 1",
          Map.of("weight", NamedArray.of(weight, shape(head)), "bias", NamedArray.of(bias, 3)));
      for (Map.Entry<String, Map<String, NamedArray>> entry : files.entrySet()) {
        Safetensors.write(file, Map.of(), entry.getValue());
        assertRefused(head, entry.getKey());
      }
      Safetensors.write(file, Map.of(), Map.of());
      assertRefused(head, "missing");
    }
  }

  private static long[] shape(Linear linear) {
    return linear.parameters().get(0).shape();
  }

  @Test
  void truncatedFiles() throws IOException {
    try (Linear saved = new Linear(2, 3, new Rng(1));
        Linear loaded = new Linear(2, 3, new Rng(2))) {
      saved.saveWeights(file);
      byte[] bytes = Files.readAllBytes(file);
      for (int length = 0; length < bytes.length; length += length < bytes.length - 40 ? 7 : 1) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertRefused(loaded);
      }
      Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
      assertRefused(loaded);
      Files.write(file, bytes);
      loaded.loadWeights(file);
      assertSame(values(saved), loaded);
      Files.delete(file);
      assertThrows(NoSuchFileException.class, () -> loaded.loadWeights(file));
    }
  }

  @Test
  void weightsThatAreNotFiniteAreNotSaved() throws IOException {
    try (Linear linear = new Linear(2, 3, new Rng(1))) {
      linear.saveWeights(file);
      byte[] before = Files.readAllBytes(file);
      linear.parameters().get(1).set(new float[] {0, 1, Float.NaN});
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> linear.saveWeights(file)),
          "saveWeights",
          "NaN",
          "element 2 of bias");
      assertArrayEquals(before, Files.readAllBytes(file));
    }
  }
}
