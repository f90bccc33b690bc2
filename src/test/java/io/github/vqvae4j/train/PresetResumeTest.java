package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * For the published recipes and each kind of image model, 6 steps in one go equal 3, then new
 * objects and 3 more, bit for bit. Batches of 5 are split unevenly between 3 workers, and 23 images
 * have 4 batches, so that an epoch ends in the second part.
 */
class PresetResumeTest {
  private static final int IMAGES = 23;
  private static final int STEPS = 6;

  @TempDir Path folder;

  /**
   * A model with its optimizer.
   *
   * @param model builds the model of a seed
   * @param data small images for it
   */
  private record Preset(
      String name,
      LongFunction<? extends ImageModel> model,
      Supplier<Optimizer> optimizer,
      Dataset data) {
    @Override
    public String toString() {
      return name;
    }

    Trainer<ImageBatch> trainer(ImageModel trained, int workers, Runs runs) {
      return Trainer.of(trained)
          .optimizer(optimizer.get())
          .batch(5)
          .steps(STEPS)
          .seed(11)
          .workers(workers)
          .averageWeights(0.9)
          .evaluate(data, 2)
          .quiet()
          .listener(runs);
    }
  }

  private static Preset of(Recipe recipe) {
    int channels = recipe == Recipe.KERAS_MNIST ? 1 : 3;
    return new Preset(
        recipe.toString(),
        seed -> recipe.model().seed(seed).build(),
        recipe::optimizer,
        Shapes.rectangles(IMAGES, 8, channels, 1));
  }

  private static Preset latent(String name, LongFunction<? extends ImageModel> model) {
    return new Preset(name, model, () -> Adam.rate(1e-3), Shapes.rectangles(IMAGES, 8, 1, 1));
  }

  private static Preset series() {
    float[] samples = new float[2 * (16 + 2 * (IMAGES - 1))];
    Rng rng = new Rng(5);
    for (int i = 0; i < samples.length; i++) {
      samples[i] = rng.nextFloat();
    }
    return new Preset(
        "series",
        seed ->
            VqVae.builder()
                .encoder(SeriesEncoder.channels(2).hidden(8).downsample(1).residual(1, 4))
                .quantizer(VectorQuantizer.ema(8, 4))
                .decoder(SeriesDecoder.channels(2).hidden(8).upsample(1).residual(1, 4))
                .seed(seed)
                .build(),
        () -> AdamW.rate(1e-3),
        Series.windows(List.of(Series.of(samples, 2, 100)), 16, 2));
  }

  static Stream<Arguments> runs() {
    Stream<Preset> presets =
        Stream.concat(
            Arrays.stream(Recipe.values()).map(PresetResumeTest::of),
            Stream.of(
                latent("autoencoder", LatentModels::autoencoder),
                latent("vae", seed -> LatentModels.vae(seed).build()),
                latent(
                    "vq-vae-2",
                    seed ->
                        VqVae2.channels(1)
                            .hidden(4)
                            .downsample(1, 1)
                            .quantizer(VectorQuantizer.ema(8, 4))
                            .seed(seed)
                            .build()),
                latent("convolutional vae", LatentModels::convolutional),
                series()));
    return presets.flatMap(p -> Stream.of(Arguments.of(p, 1), Arguments.of(p, 3)));
  }

  @ParameterizedTest(name = "{0}, workers: {1}")
  @MethodSource("runs")
  void twoPartsEqualOneRun(Preset preset, int workers) throws IOException {
    assertEquals(IMAGES, preset.data.size());
    Path first = folder.resolve("first");
    Path last = folder.resolve("last");
    Runs whole = new Runs(folder.resolve("whole"), STEPS);
    Runs end = new Runs(last, STEPS);
    try (ImageModel expected = preset.model.apply(3);
        ImageModel begun = preset.model.apply(3)) {
      preset.trainer(expected, workers, whole).fit(preset.data);
      preset.trainer(begun, workers, new Runs(first, STEPS / 2)).fit(preset.data);
      Trainer<ImageBatch> trainer =
          Trainer.resume(first).evaluate(preset.data, 2).quiet().listener(end);
      try (ImageModel resumed = (ImageModel) trainer.model()) {
        trainer.fit(preset.data);
        States.assertSame(States.of(expected), States.of(resumed));
      }
    }
    assertEquals(List.of(4L, 5L, 6L), List.copyOf(end.losses().keySet()));
    end.losses().forEach((step, loss) -> assertEquals(whole.losses().get(step), loss));
    // Parameters, buffers, optimizer, averages, evaluations, and the position of the next batch.
    Runs.assertSame(folder.resolve("whole"), last);
  }
}
