package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.CapturedLog;
import io.github.vqvae4j.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * If the encoder looks at the whole image, codes are those of the latents of tiles, blended over
 * 128 pixels. They are stated here for the whole image at once, in loops.
 */
class BlendedLatentsTest {
  private static final int FACTOR = 4;
  private static final int CODES = 16;
  private static final int DIMENSION = 3;

  /** The margin of tiles, and the maximum length of their cores, in cells. */
  private static final int MARGIN = 64 / FACTOR;

  private static final int CORE = 4 * MARGIN;

  @BeforeEach
  void smallTiles() {
    Tiling.limit(new Tiling.Limits(0, 64));
  }

  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /** An image whose contrast and brightness grow from the left to the right. */
  private static Images photograph(int height, int width) {
    float[] pixels = new float[height * width];
    Rng rng = new Rng(5);
    for (int i = 0; i < pixels.length; i++) {
      double x = (double) (i % width) / width;
      double wave = Math.sin(i / width * 0.13) * Math.cos(i % width * 0.09 + i / width * 0.02);
      pixels[i] = (float) (0.2 + 0.4 * x + 0.3 * x * wave + 0.1 * rng.nextDouble());
    }
    return Images.of(pixels, 1, height, width, 1);
  }

  private static final class Centered extends Encoder {
    private final List<Layer> layers = new ArrayList<>();

    Centered(Rng rng) {
      layers.add(child("patches", new Conv2d(ConvConfig.of(1, 6, FACTOR).stride(FACTOR), rng)));
      layers.add(child("mean", new ImageMean()));
      layers.add(child("mix", new Conv2d(ConvConfig.of(6, DIMENSION, 3).padding(1), rng)));
    }

    @Override
    protected Tensor compute(Tensor images) {
      return chain(images, layers);
    }
  }

  private static VqVae model(long seed) {
    VqVae model =
        VqVae.builder()
            .encoder(new Centered(new Rng(seed)))
            .quantizer(VectorQuantizer.ema(CODES, DIMENSION))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(2).residual(1, 2))
            .build();
    Trainer.of(model).batch(8).steps(3).quiet().fit(Shapes.rectangles(32, 40, 1, 1));
    return model;
  }

  /** Returns the weight of a tile at a cell: a trapezoid whose slopes are centered at its ends. */
  private static double weight(int tile, int cell, int cells) {
    int tiles = (cells + CORE - 1) / CORE;
    double slope = 2 * MARGIN;
    double start = (cell + 0.5 - cells * tile / tiles + MARGIN) / slope;
    double end = (cells * (tile + 1) / tiles + MARGIN - cell - 0.5) / slope;
    return Math.max(0, Math.min(1, Math.min(tile == 0 ? 1 : start, tile == tiles - 1 ? 1 : end)));
  }

  /**
   * Returns the sum of weighted latents [height, width, dimension].
   *
   * @param latents the latents of the cells [top, bottom[ and [left, right[
   */
  private static double[] blended(int height, int width, Part latents) {
    int tileRows = (height + CORE - 1) / CORE;
    int tileColumns = (width + CORE - 1) / CORE;
    assertTrue(tileRows > 1 || tileColumns > 1, "several tiles");
    double[] sum = new double[height * width * DIMENSION];
    for (int row = 0; row < tileRows; row++) {
      int top = Math.max(0, height * row / tileRows - MARGIN);
      int bottom = Math.min(height, height * (row + 1) / tileRows + MARGIN);
      for (int column = 0; column < tileColumns; column++) {
        int left = Math.max(0, width * column / tileColumns - MARGIN);
        int right = Math.min(width, width * (column + 1) / tileColumns + MARGIN);
        float[] part = latents.of(top, bottom, left, right);
        for (int i = 0; i < part.length; i++) {
          int y = top + i / DIMENSION / (right - left);
          int x = left + i / DIMENSION % (right - left);
          double weight = weight(row, y, height) * weight(column, x, width);
          sum[(y * width + x) * DIMENSION + i % DIMENSION] += weight * part[i];
        }
      }
    }
    return sum;
  }

  private interface Part {
    float[] of(int top, int bottom, int left, int right);
  }

  /** Returns the pixels of cells; outside the image, the last row and column repeat. */
  private static float[] pixels(Images image, int top, int bottom, int left, int right) {
    float[] all = image.pixels();
    float[] part = new float[(bottom - top) * (right - left) * FACTOR * FACTOR];
    int width = (right - left) * FACTOR;
    for (int i = 0; i < part.length; i++) {
      int y = Math.min(image.height() - 1, top * FACTOR + i / width);
      int x = Math.min(image.width() - 1, left * FACTOR + i % width);
      part[i] = all[y * image.width() + x];
    }
    return part;
  }

  private static Part latents(Images image, BiFunction<Tensor, int[], Tensor> pass) {
    return (top, bottom, left, right) -> {
      try (Step step = Step.inference()) {
        float[] pixels = pixels(image, top, bottom, left, right);
        Tensor tile = step.tensor(pixels, 1, (bottom - top) * FACTOR, (right - left) * FACTOR, 1);
        return pass.apply(tile, new int[] {top, bottom, left, right}).toFloats();
      }
    };
  }

  /** Asserts that each code is that of the nearest vector, or of one that is as near. */
  private static void assertNearest(double[] latents, VqVae model, Codes codes) {
    float[] codebook = ((VectorQuantizer) model.quantizer()).codebook();
    int[] values = codes.values();
    int[] used = new int[CODES];
    for (int i = 0; i < latents.length / DIMENSION; i++) {
      double least = Double.MAX_VALUE;
      double[] distances = new double[CODES];
      for (int code = 0; code < CODES; code++) {
        for (int d = 0; d < DIMENSION; d++) {
          double difference = latents[i * DIMENSION + d] - codebook[code * DIMENSION + d];
          distances[code] += difference * difference;
        }
        least = Math.min(least, distances[code]);
      }
      int code = values[i];
      used[code]++;
      assertEquals(least, distances[code], 1e-4 * least + 1e-7, "position " + i);
    }
    assertTrue(Arrays.stream(used).filter(n -> n > 0).count() > 3, "several codes");
  }

  private static int cells(int pixels) {
    return (pixels + FACTOR - 1) / FACTOR;
  }

  @ParameterizedTest
  @CsvSource({"399, 330, 1", "399, 330, 3", "330, 600, 1", "160, 901, 3", "901, 160, 1"})
  void codesAreThoseOfBlendedLatents(int height, int width, int threads) {
    Images image = photograph(height, width);
    try (VqVae model = model(1)) {
      double[] latents =
          blended(
              cells(height),
              cells(width),
              latents(image, (tile, cut) -> model.encoderOutput(tile)));
      List<Codes> codes = new ArrayList<>();
      WithThreads.run(threads, () -> codes.add(model.encode(image)));
      assertEquals(cells(height), codes.get(0).shape()[1]);
      assertNearest(latents, model, codes.get(0));
    }
  }

  @Test
  void oneWarningSaysThatResultsDiffer() {
    try (VqVae model = model(1);
        CapturedLog log = new CapturedLog(Tiling.class)) {
      model.encode(photograph(64, 64));
      assertEquals(List.of(), log.warnings(), "a whole pass");
      model.encode(photograph(160, 200));
      model.encode(photograph(160, 200));
      String warning = log.warnings().get(0);
      assertEquals(1, log.warnings().size());
      assertTrue(warning.startsWith("VqVae: the encoder looks further than 512 pixels"), warning);
      assertTrue(warning.contains("codes and pixels differ"), warning);
    }
  }

  /** Two maps: the latents of the second are those of its encoder plus the vectors of the first. */
  @ParameterizedTest
  @CsvSource({"399, 330, 1", "330, 399, 3"})
  void latentsOfTheSecondMapDependOnTheFinalCodesOfTheFirst(int height, int width, int threads) {
    Images image = photograph(height, width);
    try (VqVae first = model(1);
        VqVae second = model(2)) {
      CodeMaps maps =
          new CodeMaps(first, new TwoMaps(first, second), () -> new Factors(FACTOR, FACTOR, 1));
      List<Codes> codes = new ArrayList<>();
      WithThreads.run(threads, () -> maps.encode(0, image, part -> codes.addAll(part.codes())));
      assertNearest(
          blended(
              cells(height),
              cells(width),
              latents(image, (tile, cut) -> first.encoderOutput(tile))),
          first,
          codes.get(0));
      double[] latents =
          blended(
              cells(height),
              cells(width),
              latents(
                  image,
                  (tile, cut) ->
                      TwoMaps.below(
                          second.encoderOutput(tile),
                          first.quantizer().lookup(cut(codes.get(0), cut), tile.step()))));
      assertNearest(latents, second, codes.get(1));
    }
  }

  private static Codes cut(Codes codes, int... cut) {
    int height = cut[1] - cut[0];
    int width = cut[3] - cut[2];
    int[] all = codes.values();
    int[] values = new int[height * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = all[(cut[0] + i / width) * codes.shape()[2] + cut[2] + i % width];
    }
    return Codes.of(values, CODES, 1, height, width);
  }

  private record TwoMaps(VqVae first, VqVae second) implements CodePasses {
    static Tensor below(Tensor latents, Tensor above) {
      return latents.add(above);
    }

    @Override
    public List<Tensor> unquantizedLatents(Tensor images) {
      Tensor above = first.encoderOutput(images);
      return List.of(above, below(second.encoderOutput(images), above));
    }

    @Override
    public Tensor pixels(List<Tensor> vectors) {
      return first.decoder().forward(below(vectors.get(1), vectors.get(0)));
    }

    @Override
    public int maps() {
      return 2;
    }

    @Override
    public int scale(int map) {
      return 1;
    }

    @Override
    public Codebooks codebooks(int map) {
      return first.quantizer().codebooks();
    }

    @Override
    public Tensor vectors(int map, Codes codes, Step step) {
      return (map == 0 ? first : second).quantizer().lookup(codes, step);
    }

    @Override
    public Tensor latents(Tensor images, List<Codes> above) {
      return above.isEmpty()
          ? first.encoderOutput(images)
          : below(
              second.encoderOutput(images), first.quantizer().lookup(above.get(0), images.step()));
    }

    @Override
    public Codes quantize(int map, Tensor latents) {
      VqVae model = map == 0 ? first : second;
      return Codes.of(model.quantizer().encode(latents), model.quantizer().codebooks());
    }

    @Override
    public List<Codes> encode(Tensor images) {
      throw new AssertionError("not a whole image");
    }

    @Override
    public Tensor decode(List<Codes> codes, Step step) {
      throw new AssertionError("not a code");
    }
  }

  /** Multiplies the weights of the first channels, those of the level above, by 20. */
  private static void amplifyAbove(Variable weight) {
    float[] values = weight.toFloats();
    long[] shape = weight.shape();
    for (int i = 0; i < values.length; i++) {
      values[i] *= i / shape[3] % shape[2] < 4 ? 20 : 1;
    }
    weight.set(values);
  }

  /**
   * The top level of this model looks further than 512 pixels, so that it is treated as one that
   * looks at the whole image; but what is that far away has little weight. Each level is a pass
   * over the rows of tiles.
   */
  @Test
  void hierarchicalModelsEncodeLevelByLevel() {
    try (VqVae2 model =
        VqVae2.channels(1)
            .hidden(8)
            .downsample(1, 4)
            .residual(8, 4)
            .quantizer(VectorQuantizer.ema(CODES, 4))
            .build()) {
      amplifyAbove(model.variables().get("bottom.project.weight"));
      Trainer.of(model).batch(8).steps(3).quiet().fit(Shapes.rectangles(32, 64, 1, 1));
      Images image = photograph(590, 333);
      Tiling.limit(Tiling.DEFAULT);
      List<Codes> whole = model.encode(image);
      Images decoded = model.decode(whole);
      smallTiles();
      AtomicInteger reads = new AtomicInteger();
      List<Codes> tiled = model.encode(new CountedReads(image, reads));
      assertEquals(2 * (1 + 3), reads.get(), "a corner and three rows of tiles, two levels");
      for (int level = 0; level < 2; level++) {
        int[] expected = whole.get(level).values();
        int[] actual = tiled.get(level).values();
        assertEquals(whole.get(level).toString(), tiled.get(level).toString());
        int different = 0;
        for (int i = 0; i < expected.length; i++) {
          different += expected[i] == actual[i] ? 0 : 1;
        }
        assertTrue(different <= expected.length / 10, different + " of " + expected.length);
      }
      assertEquals(decoded.height(), model.reconstruct(image).height());
    }
  }
}
