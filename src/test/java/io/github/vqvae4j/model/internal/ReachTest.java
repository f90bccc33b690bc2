package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ProbePass.Kind;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.GroupNorm;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The measured reach is at least the true one, also of layers that look far, or seldom. */
class ReachTest {
  private static VqVae shifting(int cells) {
    return ReachModels.model(
        new ChainEncoder(ReachModels.patches(4), new Shift(cells)),
        new ChainDecoder(ReachModels.pixels(4)));
  }

  record Both(Reach.Pass encoder, Reach.Pass decoder) {}

  static Both of(VqVae model, int factor) {
    return new Both(
        measure(model, factor, Kind.ENCODER, true), measure(model, factor, Kind.DECODER, true));
  }

  private static Reach.Pass measure(VqVae model, int factor, Kind kind, boolean isUnitRange) {
    Factors factors = new Factors(factor, factor, 1);
    return Reach.measure(new ProbePass.Subject(new Passes(model), factors, kind, isUnitRange));
  }

  @ParameterizedTest
  @CsvSource({"8, 12, 24, 36", "16, 6, 12, 18", "8, 40, 40, 40", "1, 0, 0, 70"})
  void dilatedConvolutionsBesideAConvolutionOfOneCell(int factor, int a, int b, int c) {
    int[] dilations = IntStream.of(a, b, c).distinct().filter(i -> i > 0).toArray();
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(ReachModels.patches(factor), new ReachModels.Dilated(dilations)),
            new ChainDecoder(new ReachModels.Dilated(dilations), ReachModels.pixels(factor)))) {
      assertEquals(new Reach.Pass(c, 1, false), of(model, factor).encoder());
      assertEquals(new Reach.Pass(c, 1, false), of(model, factor).decoder());
    }
  }

  /** Shifts columns by cells, to the right if it is positive. */
  private static final class Shift extends Layer {
    private final int cells;

    Shift(int cells) {
      this.cells = cells;
    }

    @Override
    protected Tensor compute(Tensor x) {
      int width = (int) x.size(2);
      return cells < 0
          ? x.pad(2, 0, -cells, 0).slice(2, -cells, width - cells)
          : x.pad(2, cells, 0, 0).slice(2, 0, width);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-70, 70})
  void aLayerThatLooksToOneSide(int cells) {
    try (VqVae model = shifting(cells)) {
      assertEquals(new Reach.Pass(70, 1, false), of(model, 4).encoder());
      assertEquals(new Reach.Pass(0, 1, false), of(model, 4).decoder());
    }
  }

  /** Looks 6 cells far where its first channel is above 0.2. */
  private static final class Gate extends Layer {
    private final Layer near = child("near", ReachModels.conv(1, 1));
    private final Layer far = child("far", ReachModels.conv(3, 6));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor gate = x.slice(3, 0, 1).sub(0.2).relu();
      return near.forward(x).add(far.forward(x).mul(gate));
    }
  }

  /** The mean of a cell, and its pixels. */
  private static final class Mean extends Layer {
    private final Layer other =
        child(
            "other",
            new Conv2d(ConvConfig.of(1, ReachModels.DIMENSION - 1, 4).stride(4), new Rng(3)));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor mean = x.averagePool(4, 4, ConvOptions.of(4, 0));
      return Tensor.concat(3, List.of(mean, other.forward(x)));
    }
  }

  @Test
  void aGateThatIsClosedOnGrayNoise() {
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(new Mean(), new Gate()),
            new ChainDecoder(new Gate(), ReachModels.pixels(4)))) {
      assertEquals(new Reach.Pass(6, 1, false), of(model, 4).encoder());
      assertEquals(new Reach.Pass(6, 1, false), of(model, 4).decoder());
    }
  }

  /** Looks 12 cells far where the mean of an area is above a limit. */
  private static final class AreaGate extends Layer {
    private final int cells;
    private final double limit;
    private final Layer patches = child("patches", ReachModels.patches(4));
    private final Layer far = child("far", ReachModels.conv(3, 12));

    AreaGate(int cells, double limit) {
      this.cells = cells;
      this.limit = limit;
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor mean = x.averagePool(4, 4, ConvOptions.of(4, 0));
      ConvOptions same = ConvOptions.of(1, cells / 2);
      Tensor gate = mean.averagePool(cells, cells, same).sub(limit).relu();
      Tensor y = patches.forward(x);
      return y.add(far.forward(y).mul(gate.slice(1, 0, y.size(1)).slice(2, 0, y.size(2))));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.3, true", "5, 0.25, true", "16, 0.2, true", "1, 1.5, false"})
  void gatesOfFlatAreasAndOfUnboundedImages(int cells, double limit, boolean isUnitRange) {
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(new AreaGate(cells, limit)),
            new ChainDecoder(ReachModels.pixels(4)))) {
      assertTrue(measure(model, 4, Kind.ENCODER, isUnitRange).cells() >= 12);
    }
  }

  /** Latents of images and noise do not reach the values of codes. */
  @Test
  void decodersAreProbedWithVectorsOfCodes() {
    Layer gate =
        new Layer() {
          private final Layer far = child("far", ReachModels.conv(3, 12));

          @Override
          protected Tensor compute(Tensor x) {
            return x.add(far.forward(x).mul(x.slice(3, 0, 1).sub(0.6).relu()));
          }
        };
    try (VqVae model =
        VqVae.builder()
            .encoder(new ChainEncoder(ReachModels.patches(4)))
            .quantizer(FiniteScalarQuantizer.levels(8, 5, 5, 5))
            .decoder(new ChainDecoder(gate, ReachModels.pixels(4)))
            .build()) {
      assertEquals(12, of(model, 4).decoder().cells());
    }
  }

  @Test
  void deepModelsAreLocal() {
    try (VqVae model = ReachModels.deep(5, 6, 4)) {
      Both reach = of(model, 32);
      assertFalse(reach.encoder().isWhole(), reach.toString());
      assertFalse(reach.decoder().isWhole(), reach.toString());
      assertTrue(reach.encoder().cells() >= 7, reach.toString());
      assertTrue(reach.decoder().cells() >= 7, reach.toString());
    }
  }

  /**
   * A cell per downsampling, 3x3 convolution and residual block: neither kernels of 4 nor the
   * rounding of Winograd convolutions, which 64 channels have, add to it.
   */
  @Test
  void theReachOfAnOrdinaryModelIsExact() {
    try (VqVae model = ReachModels.deep(2, 2, 64)) {
      Reach.Pass four = new Reach.Pass(4, 1, false);
      assertEquals(new Both(four, four), of(model, 4));
    }
  }

  @Test
  void onlyTheDecoderLooksAtTheWholeImage() {
    try (VqVae convolutions =
            ReachModels.model(
                new ChainEncoder(
                    ReachModels.patches(16),
                    ReachModels.conv(5, 1),
                    ReachModels.conv(5, 1),
                    ReachModels.conv(3, 1)),
                new ChainDecoder(new ImageMean(), ReachModels.pixels(16)));
        VqVae builtIn =
            ReachModels.model(
                ReachModels.deepEncoder(4, 4, 4),
                new ChainDecoder(new ImageMean(), ReachModels.pixels(16)))) {
      assertEquals(new Reach.Pass(5, 1, false), of(convolutions, 16).encoder());
      assertEquals(Reach.Pass.WHOLE, of(convolutions, 16).decoder());
      assertFalse(of(builtIn, 16).encoder().isWhole());
      assertEquals(Reach.Pass.WHOLE, of(builtIn, 16).decoder());
    }
  }

  /** All tiles have the statistics of the whole image. */
  @Test
  void groupNormalizationsDoNotCount() {
    try (VqVae model =
        ReachModels.model(
            new ChainEncoder(
                ReachModels.patches(16),
                ReachModels.conv(5, 1),
                new GroupNorm(2, ReachModels.DIMENSION)),
            new ChainDecoder(new GroupNorm(2, ReachModels.DIMENSION), ReachModels.pixels(16)))) {
      assertEquals(
          new Both(new Reach.Pass(2, 1, false), new Reach.Pass(0, 1, false)), of(model, 16));
    }
  }

  @Test
  void layersThatLookFurtherThanTheLimitAreTreatedAsLookingAtTheWholeImage() {
    try (VqVae below = shifting(128);
        VqVae above = shifting(129)) {
      assertEquals(new Reach.Pass(128, 1, false), of(below, 4).encoder());
      assertEquals(Reach.Pass.WHOLE, of(above, 4).encoder());
    }
  }

  /** Tiles with wide margins have narrow cores, so that they do not need more and more memory. */
  @Test
  void tilesWithWideMarginsHaveNarrowCores() {
    assertEquals(new Tiling.Size(44, 10), Tiling.size(new Reach.Pass(9, 1, false), 4));
    assertEquals(new Tiling.Size(80, 40), Tiling.size(new Reach.Pass(39, 1, false), 4));
    assertEquals(new Tiling.Size(116, 70), Tiling.size(new Reach.Pass(69, 1, false), 4));
    assertEquals(new Tiling.Size(129, 129), Tiling.size(new Reach.Pass(128, 1, false), 4));
    assertEquals(new Tiling.Size(64, 16), Tiling.size(Reach.Pass.WHOLE, 4));
  }

  /** A decoder of 4n + 2 rows: one vector does not become the same number of rows as the next. */
  @Test
  void factorsAreMeasuredAlongBothAxes() {
    Encoder encoder = new ChainEncoder(ReachModels.patches(4));
    ConvConfig config = ConvConfig.of(ReachModels.DIMENSION, 1, 4).stride(4);
    Rng rng = new Rng(2);
    assertEquals(0, factors(encoder, new ConvTranspose2d(config.kernel(6, 4), rng)).channels());
    assertEquals(0, factors(encoder, new ConvTranspose2d(config.kernel(4, 6), rng)).channels());
    assertEquals(new Factors(4, 4, 1), factors(encoder, new ConvTranspose2d(config, rng)));
  }

  private static Factors factors(Encoder encoder, Layer decoder) {
    return Factors.of(encoder, new ChainDecoder(decoder), ReachModels.DIMENSION);
  }

  private record Passes(VqVae model) implements CodePasses {
    @Override
    public List<Tensor> unquantizedLatents(Tensor images) {
      return List.of(model.encoderOutput(images));
    }

    @Override
    public Tensor pixels(List<Tensor> vectors) {
      return model.decoder().forward(vectors.get(0));
    }

    @Override
    public int maps() {
      return 1;
    }

    @Override
    public int scale(int map) {
      return 1;
    }

    @Override
    public Codebooks codebooks(int map) {
      return model.quantizer().codebooks();
    }

    @Override
    public Tensor vectors(int map, Codes codes, Step step) {
      return model.quantizer().lookup(codes, step);
    }

    @Override
    public Tensor latents(Tensor images, List<Codes> above) {
      throw new AssertionError("not the latents of all maps");
    }

    @Override
    public Codes quantize(int map, Tensor latents) {
      throw new AssertionError("not a latent");
    }

    @Override
    public List<Codes> encode(Tensor images) {
      throw new AssertionError("not a latent");
    }

    @Override
    public Tensor decode(List<Codes> codes, Step step) {
      throw new AssertionError("not a vector");
    }
  }
}
