package io.github.vqvae4j.model.vqvae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingProgress;
import io.github.vqvae4j.train.TrainingReport;
import io.github.vqvae4j.train.TrainingRun;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VqVae2Test {
  private static final Dataset IMAGES = Shapes.rectangles(70, 16, 1, 1);

  @TempDir private Path folder;

  private static VqVae2Builder small() {
    return VqVae2.channels(1)
        .hidden(8)
        .downsample(1, 1)
        .residual(1, 4)
        .quantizer(VectorQuantizer.ema(16, 4));
  }

  @ParameterizedTest
  @CsvSource({"DOUBLE, 1e-9", "FLOAT, 3e-5"})
  void lossAndGradientsMatchPyTorch(DType dtype, double tolerance) throws IOException {
    Golden golden = Golden.read("vqvae2");
    try (VqVae2 model =
        VqVae2.channels(2)
            .hidden(4)
            .downsample(1, 1)
            .residual(1, 2)
            .quantizer(
                VectorQuantizer.gradient(5, 3)
                    .codebookWeight(golden.number("alpha"))
                    .commitmentWeight(golden.number("beta"))
                    .init(Initialization.NORMAL))
            .build()) {
      model.convert(dtype);
      List<Parameter> parameters = model.parameters();
      assertEquals(2 * 19 + 2, parameters.size());
      model
          .variables()
          .forEach(
              (name, variable) -> {
                if (variable instanceof Parameter) {
                  variable.set(golden.doubles(name));
                }
              });
      model.dataVariance(golden.number("variance"));
      try (Step step = Step.training(new Rng(1))) {
        Tensor images =
            dtype == DType.DOUBLE
                ? step.tensor(golden.doubles("images"), golden.shape("images"))
                : step.tensor(golden.floats("images"), golden.shape("images"));
        VqVae2Output output = model.run(images);
        assertCodes(golden, "codes.top", output.levels().get(0));
        assertCodes(golden, "codes.bottom", output.levels().get(1));
        golden.assertClose(
            "reconstruction", output.reconstruction().add(0.5).toDoubles(), tolerance);
        Tensor loss = LossTerm.total(model.loss(images, new TrainingProgress(1, 0)).terms());
        golden.assertClose("loss", loss.toDoubles(), tolerance);
        loss.backward();
        model
            .variables()
            .forEach(
                (name, variable) -> {
                  if (variable instanceof Parameter) {
                    double[] gradient = step.gradient(variable).toDoubles();
                    golden.assertClose("d." + name, gradient, tolerance);
                  }
                });
      }
    }
  }

  private static void assertCodes(Golden golden, String name, Quantized quantized) {
    int[] codes = quantized.codes().toInts();
    assertTrue(Arrays.stream(codes).distinct().count() > 1);
    assertArrayEquals(golden.ints(name), codes);
  }

  @Test
  void decodedCodesAreReconstructions() throws IOException {
    Path file = folder.resolve("model.safetensors");
    try (VqVae2 model = small().seed(3).build()) {
      Trainer.of(model).batch(8).steps(20).quiet().fit(IMAGES);
      List<Codes> codes = model.encode(IMAGES);
      assertArrayEquals(new int[] {70, 4, 4}, codes.get(0).shape());
      assertArrayEquals(new int[] {70, 8, 8}, codes.get(1).shape());
      Images reconstructions = model.reconstruct(IMAGES);
      assertEquals(reconstructions, model.decode(codes));
      try (Step step = Step.inference()) { // the other statement of the same model
        Tensor images = step.tensor(IMAGES.pixels(0, 16), 16, 16, 16, 1);
        assertArrayEquals(
            Images.from(reconstructions.range(0, 16)).pixels(),
            model.forward(images).toFloats(),
            1e-5f);
      }
      model.save(file);
      try (VqVae2 loaded = VqVae2.load(file)) {
        assertEquals(reconstructions, loaded.decode(codes));
        Trainer.of(loaded).batch(8).steps(1).quiet().fit(IMAGES);
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, () -> loaded.decode(codes)),
            "VqVae2.decode: expected codes of this model");
      }
      try (VqVae2 loaded = VqVae2.load(file);
          ImageModel any = ImageModel.load(file)) {
        assertEquals(codes, loaded.encode(IMAGES));
        assertEquals(reconstructions, loaded.reconstruct(IMAGES));
        assertEquals(VqVae2.class, any.getClass());
        assertEquals(model.config(), loaded.config());
      }
    }
  }

  @Test
  void labelsAreThoseOfTheImages() {
    try (VqVae2 model = small().build()) {
      Dataset labeled = ByteImages.of(new byte[2 * 64], 2, 8, 8, 1).withLabels(new int[] {7, -1});
      List<Codes> all = model.encode(labeled);
      for (Codes codes : all) {
        assertArrayEquals(new int[] {7, -1}, codes.labels().orElseThrow());
      }
      List<Codes> onlyTop = List.of(all.get(0), all.get(1).withLabels(-1, -1));
      for (Images images :
          List.of(model.decode(all), model.decode(onlyTop), model.reconstruct(labeled))) {
        assertArrayEquals(new int[] {7, -1}, ModelImages.labels(images));
      }
    }
  }

  /** Each level is computed from its own features: all parameters learn, all codebooks are used. */
  @ParameterizedTest
  @CsvSource({"1", "2"})
  void everyLevelLearns(int workers) {
    try (VqVae2 model = small().downsample(1, 1, 1).build()) {
      assertEquals(3, model.quantizers().size());
      TrainingReport report =
          Trainer.of(model)
              .batch(8)
              .workers(workers)
              .steps(150)
              .evaluate(IMAGES, 75)
              .quiet()
              .fit(IMAGES);
      List<CodebookUsage> usage = report.evaluations().get(1).usage();
      assertEquals(
          List.of("top", "level2", "bottom"), usage.stream().map(CodebookUsage::name).toList());
      usage.forEach(level -> assertTrue(level.usage().perplexity() > 2, level::toString));
      double first = report.evaluations().get(0).metric(ImageModel.NORMALIZED_MSE);
      double last = report.evaluations().get(1).metric(ImageModel.NORMALIZED_MSE);
      assertTrue(last < 0.9 * first && last < 0.5, first + " " + last);
      assertNotEquals(0, report.last().objectives().get(0).loss().term("top/commitment"));
    }
  }

  /** With the top level only, an image is closer to its reconstruction than to that of another. */
  @Test
  void theTopLevelCarriesAnImageAsAWhole() {
    try (VqVae2 model = small().build()) {
      Trainer.of(model).batch(8).steps(300).quiet().fit(IMAGES);
      List<Codes> codes = model.encode(IMAGES);
      float[] whole = model.decode(codes).pixels();
      float[] top = model.decode(codes, 1).pixels();
      assertArrayEquals(whole, model.decode(codes, 2).pixels());
      float[] pixels = IMAGES.pixels(0, IMAGES.size());
      assertTrue(error(top, pixels) > 1.5 * error(whole, pixels), "the bottom level adds to it");
      Codes other = codes.get(1).select(IntStream.range(0, 70).map(i -> 69 - i).toArray());
      assertArrayEquals(top, model.decode(List.of(codes.get(0), other), 1).pixels());
    }
  }

  /** The levels that are left out have latents of 0: as with a codebook of zeros. */
  @Test
  void missingLevelsHaveLatentsOfZero() {
    try (VqVae2 model = small().downsample(1, 1, 1).build()) {
      Trainer.of(model).batch(8).steps(20).quiet().fit(IMAGES);
      List<Codes> codes = model.encode(IMAGES);
      List<Codes> withoutHash =
          codes.stream().map(c -> Codes.of(c.values(), c.codebookSize(), c.shape())).toList();
      float[] ofTwo = model.decode(codes, 2).pixels();
      float[] ofOne = model.decode(codes, 1).pixels();
      double[] zeros = new double[16 * 4];
      model.variables().get("bottom.quantizer.codebook").set(zeros);
      assertArrayEquals(model.decode(withoutHash).pixels(), ofTwo);
      model.variables().get("level2.quantizer.codebook").set(zeros);
      assertArrayEquals(model.decode(withoutHash).pixels(), ofOne);
    }
  }

  private static double error(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / a.length;
  }

  @Test
  void wrongInputsAreNamed() {
    try (VqVae2 model = small().build()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Trainer.of(model).batch(1).steps(1).fit(Shapes.rectangles(2, 18, 1, 1))),
          "multiples of 4",
          "18, 18");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> model.encode(Shapes.rectangles(2, 16, 3, 1))),
          "[batch, height, width, 1]");
      Codes top = Codes.of(new int[16], 16, 1, 4, 4);
      Codes bottom = Codes.of(new int[64], 16, 1, 8, 8);
      assertEquals(1, model.decode(List.of(top, bottom)).size());
      assertRejected(model, "the codes of 2 levels", top);
      assertRejected(model, "[1, 8, 8] of", top, top);
      assertRejected(model, "for the level bottom", top, Codes.of(new int[64], 17, 1, 8, 8));
      assertRejected(model, "[1, 8, 8]", top, Codes.of(new int[128], 16, 2, 8, 8));
      int[] missing = new int[16];
      missing[3] = Codes.MISSING;
      assertRejected(model, "missing", Codes.of(missing, 16, 1, 4, 4), bottom);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> model.decode(List.of(top, bottom), 3)),
          "expected 1 to 2 levels, got 3");
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> small().downsample(2)),
        "2 or more levels");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> small().downsample(2, 0)),
        "downsample[1]");
    for (int large : new int[] {16, Integer.MAX_VALUE}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> small().downsample(large, 1)),
          "VqVae2Config.downsample: expected 0 to 16");
    }
  }

  private static void assertRejected(VqVae2 model, String problem, Codes... codes) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> model.decode(List.of(codes))), problem);
  }

  @Test
  void theSmallPresetHasCodesOf4x4And8x8() {
    try (VqVae2 model = VqVaePresets.hierarchical32().build()) {
      assertEquals(64, model.config().hidden());
      List<Codes> codes = model.encode(Shapes.rectangles(2, 32, 3, 1));
      assertArrayEquals(new int[] {2, 4, 4}, codes.get(0).shape());
      assertArrayEquals(new int[] {2, 8, 8}, codes.get(1).shape());
      assertEquals(256, codes.get(1).codebookSize());
    }
  }

  /** The preset of 256x256 pixels: its size, its code maps, and the memory of a training step. */
  @Test
  @DisabledIfSystemProperty(
      named = "vqvae4j.kernels",
      matches = "nd4j",
      disabledReason = "ND4J's operations leave arrays to the garbage collector")
  void thePublishedModelFitsIntoMemory() {
    try (VqVae2 model = VqVaePresets.rosinality256().build()) {
      long parameters = model.parameters().stream().mapToLong(Parameter::size).sum();
      assertEquals(1_454_403, parameters + 2 * 512 * 64);
      Dataset images = Shapes.rectangles(4, 256, 3, 1);
      long[] bytes = {0};
      Trainer.of(model)
          .batch(4)
          .workers(1)
          .steps(2)
          .quiet()
          .listener(
              new TrainingListener() {
                @Override
                public void onStepEnd(TrainingRun run, long step) {
                  bytes[0] = Pointer.totalBytes();
                }
              })
          .fit(images);
      assertTrue(bytes[0] < 1_500_000_000L, "off-heap bytes: " + bytes[0]);
      List<Codes> codes = model.encode(Images.from(images, 0));
      assertArrayEquals(new int[] {1, 32, 32}, codes.get(0).shape());
      assertArrayEquals(new int[] {1, 64, 64}, codes.get(1).shape());
    }
  }
}
