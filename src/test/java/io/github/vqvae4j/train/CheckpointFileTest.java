package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.CheckedSafetensors;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.io.Safetensors;
import io.github.vqvae4j.io.SafetensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged checkpoint files. */
class CheckpointFileTest {
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @TempDir Path folder;
  private Path file;
  private byte[] intact;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("a.safetensors");
    try (PointGan model = new PointGan(1)) {
      trainer(model).listener(new Runs(file, 3)).fit(PointGan.points(20, 1));
    }
    intact = Files.readAllBytes(file);
  }

  private static Trainer<float[]> trainer(PointGan model) {
    return Trainer.of(model).batch(4).workers(1).steps(6).averageWeights(0.9).quiet();
  }

  private void assertBad(byte[] content, String damage) throws IOException {
    Files.write(file, content);
    BadFileException e =
        assertThrows(
            BadFileException.class, () -> Checkpoint.read(file), damage + ", seed " + seed);
    assertMessageContains(e, file.toString(), "use an intact one");
  }

  @Test
  void eachFlippedByteIsFound() throws IOException {
    for (int i = 0; i < 2_000; i++) {
      // all bytes of the beginning, and some of the others
      int at = i < 500 ? i : random.nextInt(intact.length);
      byte[] damaged = intact.clone();
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      assertBad(damaged, "byte " + at + " is " + damaged[at]);
    }
  }

  @Test
  void eachTruncationIsFound() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      int length = i < 200 ? i : i < 400 ? intact.length - i + 199 : random.nextInt(intact.length);
      assertBad(Arrays.copyOf(intact, length), length + " bytes");
    }
    assertBad(Arrays.copyOf(intact, intact.length + 1), "a byte more");
  }

  @Test
  void intactFileIsReadByTheLibraryOfModels() throws IOException {
    SafetensorsFile content = Safetensors.read(file);
    assertEquals(content.arrays(), Checkpoint.read(file).arrays());
    assertTrue(
        content.arrays().containsKey("model/generator.0.weight"), content.arrays()::toString);
  }

  @Test
  void otherFilesAreRejected() throws IOException {
    Path model = folder.resolve("model.safetensors");
    try (PointGan gan = new PointGan(1)) {
      gan.save(model);
    }
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Checkpoint.read(model)),
        "expected a checksum, got none");
    CheckedSafetensors.write(model, Map.of(), Map.of());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Checkpoint.read(model)),
        "expected a checkpoint of version 1, got another file");
    CheckedSafetensors.write(model, Map.of("vqvae4j.checkpoint", "2"), Map.of());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Checkpoint.read(model)),
        "expected a checkpoint of version 1, got version 2;",
        "the version of vqvae4j that wrote it");
    assertThrows(NoSuchFileException.class, () -> CheckpointFolder.read(folder.resolve("missing")));
  }

  /** Files with a correct checksum whose content is not that of a checkpoint. */
  @Test
  void inconsistentContentIsRejected() throws IOException {
    SavedState state = Checkpoint.read(file);
    for (String name : state.arrays().keySet()) {
      Map<String, NamedArray> arrays = new LinkedHashMap<>(state.arrays());
      arrays.remove(name);
      assertRejected(new SavedState(file, new LinkedHashMap<>(state.metadata()), arrays), name);
    }
    for (String name : state.metadata().keySet()) {
      for (String text : List.of("", "{}", "{\"step\":1}")) {
        Map<String, String> metadata = new LinkedHashMap<>(state.metadata());
        metadata.remove("vqvae4j.checksum");
        metadata.put(name, text);
        if (!name.equals("vqvae4j.checksum") && !name.equals("vqvae4j.modelSettings")) {
          CheckedSafetensors.write(file, metadata, state.arrays());
          assertBadContent(name);
        }
      }
    }
  }

  private void assertRejected(SavedState state, String name) throws IOException {
    state.metadata().remove("vqvae4j.checksum");
    Checkpoint.write(state);
    assertBadContent(name);
  }

  private void assertBadContent(String name) {
    try (PointGan model = new PointGan(1)) {
      IOException e =
          assertThrows(
              IOException.class,
              () -> {
                try {
                  Trainer.resume(file, model).quiet().fit(PointGan.points(20, 1));
                } catch (UncheckedIOException u) {
                  throw u.getCause();
                }
              },
              name);
      assertTrue(e instanceof BadFileException, e::toString);
    }
  }
}
