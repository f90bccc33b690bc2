package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiles of models that depend on the position of cells equal the whole image, or are blended. */
class ReachCheckTest {
  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  /** Adds a map that is {@code stride} times as coarse, cut to any size. */
  private static final class Context extends Layer {
    private final int stride;
    private final Layer down;

    Context(int stride) {
      this.stride = stride;
      ConvConfig config = ConvConfig.of(ReachModels.DIMENSION, ReachModels.DIMENSION, 3);
      down = child("down", new Conv2d(config.stride(stride).padding(1), new Rng(9)));
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor up = down.forward(x).upsample(stride);
      return x.add(up.slice(1, 0, x.size(1)).slice(2, 0, x.size(2)));
    }
  }

  /** A convolution whose columns continue at the opposite border. */
  private static final class Circular extends Layer {
    private final Layer conv =
        child(
            "conv",
            new Conv2d(
                ConvConfig.of(ReachModels.DIMENSION, ReachModels.DIMENSION, 3).padding(1, 1, 0, 0),
                new Rng(9)));

    @Override
    protected Tensor compute(Tensor x) {
      long width = x.size(2);
      Tensor last = x.slice(2, width - 1, width);
      return conv.forward(Tensor.concat(2, List.of(last, x, x.slice(2, 0, 1))));
    }
  }

  private static VqVae model(int factor, Layer layer) {
    return ReachModels.model(
        new ChainEncoder(ReachModels.patches(factor), layer),
        new ChainDecoder(layer, ReachModels.pixels(factor)));
  }

  private static void assertEqualToWhole(VqVae model, int height, int width, int threads) {
    Images image = Photograph.of(height, width, 0.4);
    TiledReachTest.useLatents(model, image);
    Codes whole = model.encode(image);
    assertTrue(Arrays.stream(whole.values()).distinct().count() > 3, "several codes");
    Images decoded = model.decode(whole);
    Tiling.limit(new Tiling.Limits(0, 64));
    WithThreads.run(
        threads,
        () -> {
          int[] tiled = model.encode(image).values();
          long different =
              IntStream.range(0, tiled.length).filter(i -> tiled[i] != whole.values()[i]).count();
          assertTrue(different <= 1 + tiled.length / 2000, different + " codes");
          assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
        });
  }

  @ParameterizedTest
  @CsvSource({"4, 2, 300, 220, 1", "2, 2, 210, 301, 3", "4, 3, 212, 305, 3", "2, 4, 200, 260, 1"})
  void aGridThatIsCoarserThanCells(int factor, int stride, int height, int width, int threads) {
    try (VqVae model = model(factor, new Context(stride))) {
      assertEquals(stride, ReachTest.of(model, factor).encoder().period());
      assertEquals(stride, ReachTest.of(model, factor).decoder().period());
      assertEqualToWhole(model, height, width, threads);
    }
  }

  @ParameterizedTest
  @CsvSource({"8, 8, 4", "16, 4, 2", "8, 124, 62"})
  void evenKernelsThatLookAsideOnly(int factor, int dilation, int cells) {
    Layer even =
        new Conv2d(
            ConvConfig.of(ReachModels.DIMENSION, ReachModels.DIMENSION, 2)
                .same()
                .dilation(dilation),
            new Rng(9));
    try (VqVae model = model(factor, even)) {
      assertEquals(new Reach.Pass(cells, 1, false), ReachTest.of(model, factor).encoder());
      assertEqualToWhole(model, (40 + 2 * cells) * factor, (41 + 2 * cells) * factor, 1);
    }
  }

  /** Adds the number of columns to the left, times a unit, to the channels from the first on. */
  private static final class Columns extends Layer {
    private final int first;
    private final double unit;

    Columns(int first, double unit) {
      this.first = first;
      this.unit = unit;
    }

    @Override
    protected Tensor compute(Tensor x) {
      long width = x.size(2);
      long depth = x.size(3);
      float[] columns = new float[(int) (width * depth)];
      for (int i = 0; i < columns.length; i++) {
        columns[i] = i % depth < first ? 0 : (float) (i / depth * unit);
      }
      return x.add(x.step().tensor(columns, 1, 1, width, depth));
    }
  }

  /** From one column to the next, it changes less than the tolerance. */
  @Test
  void aSmallCoordinateIsPartOfTheWholeImage() {
    try (VqVae model = model(4, new Columns(0, 2e-5))) {
      assertEquals(new ReachTest.Both(Reach.Pass.WHOLE, Reach.Pass.WHOLE), ReachTest.of(model, 4));
    }
  }

  private static final class Scale extends Layer {
    @Override
    protected Tensor compute(Tensor x) {
      return Tensor.concat(3, List.of(x.slice(3, 0, 1).mul(3e4), x.slice(3, 1, x.size(3))));
    }
  }

  /** Differences of small channels are not measured by the range of large ones. */
  @Test
  void coordinatesBesideALargeChannel() {
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(ReachModels.patches(4), new Columns(1, 0.01), new Scale()),
            new ChainDecoder(ReachModels.pixels(4)))) {
      assertEquals(Reach.Pass.WHOLE, ReachTest.of(model, 4).encoder());
    }
  }

  @Test
  void circularPaddingIsTreatedAsLookingAtTheWholeImage() {
    try (VqVae model = model(4, new Circular())) {
      ReachTest.Both reach = ReachTest.of(model, 4);
      assertEquals(new ReachTest.Both(Reach.Pass.WHOLE, Reach.Pass.WHOLE), reach);
    }
  }

  @Test
  void latentsOfEvenSizesOnlyHaveNoFactors() {
    Layer down = new Conv2d(ConvConfig.of(1, 4, 8).stride(8), new Rng(1));
    assertEquals(
        0,
        Factors.of(
                new ChainEncoder(down, TiledImagesTest.up(4, 4, 2)),
                new ChainDecoder(ReachModels.pixels(4)),
                ReachModels.DIMENSION)
            .channels());
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(ReachModels.patches(8), TiledImagesTest.up(4, 4, 2)),
            new ChainDecoder(ReachModels.pixels(4)))) {
      assertEqualToWhole(model, 320, 400, 3);
    }
  }

  @Test
  void whetherAnImageIsTiledDoesNotDependOnThreads() {
    try (VqVae model = ReachModels.deep(2, 1, 16)) {
      double[] bytes = new double[3];
      for (int i = 0; i < 3; i++) {
        int index = i;
        WithThreads.run(
            i + 1, () -> bytes[index] = PassMemory.bytesPerPixel(model, new Factors(4, 4, 1)));
      }
      assertTrue(bytes[0] > 0);
      assertEquals(bytes[0], bytes[1]);
      assertEquals(bytes[0], bytes[2]);
    }
  }
}
