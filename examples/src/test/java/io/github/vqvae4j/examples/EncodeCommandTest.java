package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EncodeCommandTest {
  @TempDir Path folder;
  private Path images;
  private Path model;
  private Path output;

  @BeforeEach
  void files() throws IOException {
    images = folder.resolve("images");
    for (int i = 0; i < 20; i++) {
      float[] pixels = new float[40 * 30 * 3];
      for (int j = 0; j < pixels.length; j++) {
        pixels[j] = (j + i) % (i + 2) / (i + 1f);
      }
      Path label = Files.createDirectories(images.resolve(i % 2 == 0 ? "even" : "odd"));
      Images.write(Images.of(pixels, 1, 40, 30, 3), label.resolve(i + ".png"));
    }
    model = folder.resolve("model.safetensors");
    output = folder.resolve("images.codes");
  }

  private VqVae saveModel(int channels, int hidden) throws IOException {
    VqVae vqVae =
        VqVae.builder()
            .encoder(ConvEncoder.channels(channels).hidden(hidden).downsample(1))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(ConvDecoder.channels(channels).hidden(hidden).upsample(1))
            .build();
    vqVae.save(model);
    return vqVae;
  }

  private Run encode(int size) {
    return Run.of(
        "encode", "--model=" + model, "--data=" + images, "--size=" + size, "--output=" + output);
  }

  @Test
  void aFolderIsEncoded() throws IOException {
    Files.writeString(images.resolve("fake.png"), "no image");
    try (VqVae vqVae = saveModel(3, 8)) {
      Run run = encode(16).succeeded();
      assertTrue(run.out().contains("20 images [16, 16, 3], 2 labels"), run::out);
      assertTrue(run.out().contains("1 corrupt file was skipped"), run::out);
      assertTrue(run.out().contains("Codes: " + output + ", 20 images of 8x8 codes"), run::out);
      ImageFolder expected = ImageFolder.in(images, ImageFolderConfig.of(16).skipCorrupt(true));
      Codes codes = Codes.read(output);
      assertEquals(vqVae.encode(expected), codes);
      assertEquals(0, codes.labels().orElseThrow()[0]);
      assertEquals(1, codes.labels().orElseThrow()[19]);
    }
    Path grid = folder.resolve("grid.png");
    Run.of("decode", "--model=" + model, "--codes=" + output, "--output=" + grid).succeeded();
  }

  @Test
  void imagesAreConvertedToTheChannelsOfTheModel() throws IOException {
    saveModel(1, 8).close();
    assertTrue(encode(16).succeeded().out().contains("20 images [16, 16, 1]"));
  }

  @Test
  void sidesThatTheFactorDoesNotDivideArePadded() throws IOException {
    saveModel(3, 8).close();
    assertTrue(encode(15).succeeded().out().contains("20 images of 8x8 codes"));
    assertArrayEquals(new int[] {15, 15}, Codes.read(output).imageSize().orElseThrow());
  }

  /** A slip of the hand, such as the model's name after --output, costs no model and no image. */
  @Test
  void onlyCodesAreReplaced() throws IOException {
    saveModel(3, 8).close();
    encode(16).succeeded();
    encode(16).succeeded();
    Path file = output;
    for (Path other : List.of(model, images.resolve("odd").resolve("1.png"))) {
      byte[] before = Files.readAllBytes(other);
      output = other;
      encode(16).failed(1, other.toString(), "is no intact code file", "does not contain codes");
      assertArrayEquals(before, Files.readAllBytes(other));
    }
    byte[] codes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(codes, codes.length - 1));
    output = file;
    encode(16).failed(1, file.toString(), "is no intact code file", "is truncated or corrupt");
    output = images;
    encode(16).failed(1, "it is a folder");
  }

  @Test
  void eachLevelHasAFile() throws IOException {
    try (VqVae2 levels = VqVae2.channels(3).hidden(8).downsample(1, 1).residual(1, 4).build()) {
      levels.save(model);
      encode(16).succeeded();
      assertFalse(Files.exists(output));
      List<Codes> codes =
          List.of(
              Codes.read(folder.resolve("images-top.codes")),
              Codes.read(folder.resolve("images-bottom.codes")));
      assertEquals(20, levels.decode(codes).size());
    }
  }

  @Test
  void errorsAreReported() throws IOException {
    Run.of("encode").failed(2, "--model", "--data", "--size", "--output");
    saveModel(3, 8).close();
    Files.writeString(folder.resolve("images.codes.partial"), "my notes");
    encode(16).failed(1, "images.codes.partial", "delete it");
    output = folder.resolve("none").resolve("images.codes");
    encode(16).failed(1, "there is no folder");
    try (Autoencoder autoencoder =
        Autoencoder.builder()
            .encoder(DenseEncoder.images(16, 16, 3).hidden(8))
            .decoder(DenseDecoder.images(16, 16, 3).hidden(8))
            .dimension(4)
            .build()) {
      autoencoder.save(model);
    }
    output = folder.resolve("images.codes");
    encode(16).failed(1, "expected a model with a codebook, got Autoencoder");
  }

  @Test
  void anInterruptedCommandExitsWith130() throws IOException {
    saveModel(3, 8).close();
    Thread.currentThread().interrupt();
    Run run = encode(16);
    assertTrue(Thread.interrupted());
    assertEquals(Main.STOPPED, run.exitCode(), run::err);
    assertTrue(run.out().contains("Stopped; no codes were written"), run::out);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows kills processes without a signal")
  void theSameCommandContinuesAfterASignal() throws Exception {
    for (int i = 20; i < 300; i++) {
      Files.copy(
          images.resolve(i % 2 == 0 ? "even/0.png" : "odd/1.png"), images.resolve(i + ".png"));
    }
    saveModel(3, 64).close();
    Path partial = folder.resolve("images.codes.partial");
    Process process =
        Run.start(
            "encode", "--model=" + model, "--data=" + images, "--size=128", "--output=" + output);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (int i = 0; i < 6_000 && (!Files.exists(partial) || Files.size(partial) == 0); i++) {
        Thread.sleep(10);
      }
      // Not process.destroy(), which would also close the pipe.
      process.toHandle().destroy();
      List<String> lines = out.lines().toList();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertNotEquals(0, process.exitValue());
      assertEquals(
          "Stopped; the codes so far are in " + partial + ". The same command continues there.",
          lines.get(lines.size() - 1));
      assertFalse(Files.exists(output));
      assertFalse(Files.exists(folder.resolve("images.codes.lock")));
    } finally {
      process.destroyForcibly();
    }
    Run run = encode(128).succeeded();
    assertFalse(Files.exists(partial));
    byte[] continued = Files.readAllBytes(output);
    Files.delete(output);
    encode(128).succeeded();
    assertArrayEquals(Files.readAllBytes(output), continued);
    assertTrue(run.out().contains("300 images of 64x64 codes"), run::out);
  }
}
