package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected errors print one line and leave no files behind. */
class BadInputTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path model;
  private Path output;

  @BeforeAll
  static void train() {
    Run.of("mnist", "--steps=1", "--hidden=4", "--codes=16", "--dimension=4", "--output=" + shared)
        .succeeded();
    model = shared.resolve("model.safetensors");
  }

  @BeforeEach
  void output() {
    output = folder.resolve("output");
  }

  private Run mnist(String... more) {
    return Run.of(
        Stream.concat(
                Stream.of("mnist", "--steps=3", "--hidden=4", "--output=" + output),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Run reconstruct(Path modelFile, Path image) {
    return Run.of(
        "reconstruct",
        "--model=" + modelFile,
        "--image=" + image,
        "--output=" + folder.resolve("r.png"));
  }

  private Run decode(String codes) throws IOException {
    Run run =
        Run.of(
            "decode",
            "--model=" + model,
            "--codes=" + file("codes", codes),
            "--output=" + folder.resolve("r.png"));
    assertFalse(Files.exists(folder.resolve("r.png")));
    return run;
  }

  @Test
  void missingDataFolder() {
    mnist("--data=" + folder.resolve("nowhere"))
        .failed(1, "nowhere", "no such folder", "train-images-idx3-ubyte");
    Run.of("cifar10", "--data=" + folder).failed(1, "files are missing", "data_batch_1.bin");
    assertFalse(Files.exists(output));
  }

  @Test
  void truncatedGzip() throws IOException {
    for (String part : new String[] {"train", "t10k"}) {
      copy(part + "-images-idx3-ubyte.gz", "images.idx3.gz", part);
      copy(part + "-labels-idx1-ubyte.gz", "labels.idx1.gz", part);
    }
    Path cut = folder.resolve("train-images-idx3-ubyte.gz");
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    mnist("--data=" + folder).failed(1, cut.toString(), "truncated", "get a new copy of the file");
    assertFalse(Files.exists(output));
  }

  private void copy(String name, String resource, String part) throws IOException {
    String bundled = "/digits/" + (part.equals("train") ? "train-" : "test-") + resource;
    try (var in = getClass().getResourceAsStream(bundled)) {
      Files.copy(in, folder.resolve(name));
    }
  }

  @Test
  void outputFolderIsAFile() throws IOException {
    Files.writeString(output, "mine");
    mnist().failed(1, output.toString(), "is a file", "--output");
    assertEquals("mine", Files.readString(output));
    Run.of("mnist", "--output=" + output.resolve("run")).failed(1, "is a file", "--output");
  }

  @Test
  void batchLargerThanTheData() {
    mnist("--batch=6000").failed(1, "6000", "5000");
    assertFalse(Files.exists(output));
  }

  @Test
  void oddHiddenChannels() {
    Run.of("mnist", "--hidden=5", "--output=" + output)
        .failed(1, "hidden: expected an even number", "got 5");
    assertFalse(Files.exists(output));
  }

  @Test
  void divergence() {
    Run.of("mnist", "--steps=120", "--hidden=4", "--rate=1e6", "--output=" + output)
        .failed(1, "Step ", "smaller learning rate", "The model after step ", output.toString());
    assertTrue(Files.exists(output.resolve("metrics.csv")), "the rows until then");
    assertTrue(Files.exists(output.resolve("model.safetensors")));
    Path other = folder.resolve("other");
    Run.of("mnist", "--steps=3", "--hidden=4", "--rate=1e30", "--output=" + other)
        .failed(1, "After step 1", "held-out", "smaller learning rate", "No model was saved");
    assertFalse(Files.exists(other.resolve("model.safetensors")));
  }

  @Test
  void outputFolderContainsARun() throws IOException {
    byte[] before = Files.readAllBytes(shared.resolve("metrics.csv"));
    for (String command : new String[] {"mnist", "series", "codebook"}) {
      Run.of(command, "--steps=3", "--output=" + shared)
          .failed(1, shared.toString(), "which already contains", "choose another folder");
    }
    assertArrayEquals(before, Files.readAllBytes(shared.resolve("metrics.csv")));
  }

  @Test
  void debugAddsTheStackTrace() {
    Run run = mnist("--batch=6000", "--debug");
    assertEquals(1, run.exitCode());
    assertTrue(run.err().contains("\tat "), run::err);
  }

  @Test
  void imagesOfAnySizeAreReconstructed() throws IOException {
    Path image = folder.resolve("wide.png");
    Images.write(Images.of(new float[27 * 30], 1, 27, 30, 1), image);
    reconstruct(model, image).succeeded();
    Images reconstruction = Images.read(folder.resolve("r.png"));
    assertEquals(27, reconstruction.height());
    assertEquals(30, reconstruction.width());
  }

  @Test
  void notAnImage() throws IOException {
    reconstruct(model, file("text.png", "not an image"))
        .failed(1, "text.png", "got text, expected PNG, JPEG, BMP, GIF or TIFF");
    reconstruct(model, folder.resolve("none.png")).failed(1, "none.png", "no such file");
    reconstruct(model, folder).failed(1, "got a folder");
  }

  @Test
  void notAModel() throws IOException {
    Path image = folder.resolve("image.png");
    Images.write(Images.of(new float[28 * 28], 1, 28, 28, 1), image);
    reconstruct(folder.resolve("none"), image).failed(1, "none", "no such file");
    reconstruct(file("text", "not a model at all"), image).failed(1, "text");
    byte[] bytes = Files.readAllBytes(model);
    Path truncated = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, bytes.length - 10));
    reconstruct(truncated, image).failed(1, "cut");
    assertFalse(Files.exists(folder.resolve("r.png")));
  }

  @Test
  void unknownOutputFormat() throws IOException {
    Path image = folder.resolve("image.png");
    Images.write(Images.of(new float[28 * 28], 1, 28, 28, 1), image);
    Run.of("reconstruct", "--model=" + model, "--image=" + image, "--output=r.tiff")
        .failed(1, "r.tiff", ".png");
  }

  @Test
  void codesOutOfRange() throws IOException {
    decode("1 2\n3 16\n").failed(1, "0 to 15", "got 16");
    decode("1 2\n3 -2\n").failed(1, "0 to 15", "got -2 at [0, 1, 1]");
    decode("1 2\n3 -1\n").failed(1, "missing code (-1) at [0, 1, 1] of Codes[1, 2, 2]");
  }

  @Test
  void codesOfADifferentCodebook() throws IOException {
    Path codes = folder.resolve("some.codes");
    Codes.of(new int[49], 512, 1, 7, 7).write(codes);
    Run.of("decode", "--model=" + model, "--codes=" + codes, "--output=" + folder.resolve("r.png"))
        .failed(1, "a codebook of 16", "a codebook of 512");
    assertFalse(Files.exists(folder.resolve("r.png")));
    Files.write(codes, Arrays.copyOf(Files.readAllBytes(codes), 100));
    Run.of("decode", "--model=" + model, "--codes=" + codes, "--output=r.png")
        .failed(1, "some.codes", "get a new copy");
    Run.of("decode", "--model=" + model, "--codes=" + model, "--output=r.png")
        .failed(1, "model.safetensors", "does not contain codes");
  }

  @Test
  void codesThatDoNotFormAGrid() throws IOException {
    decode("1 2\n3\n").failed(1, "row 1 has 2", "row 2 has 1");
    decode("1 two").failed(1, "\"two\"", "row 1");
    decode("").failed(1, "no codes");
    decode("{\"codes\":[[1]]}").failed(1, "expected integers", "in row 1");
    decode("1 ".repeat(3_000_000)).failed(1, "more than 4194304 bytes");
  }
}
