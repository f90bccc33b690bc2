package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.ConvEncoderConfig;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.GroupNorm;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The measured reach is at least the true one, also of layers that look far, or seldom. */
class ReachTest {
  private static final int DIMENSION = 4;
  private static final int CODES = 16;

  @AfterEach
  void reset() {
    Tiling.limit(Tiling.DEFAULT);
  }

  private static final class Layers extends Encoder {
    private final List<Layer> layers = new ArrayList<>();

    Layers(Layer... parts) {
      for (int i = 0; i < parts.length; i++) {
        layers.add(child("layer" + i, parts[i]));
      }
    }

    @Override
    protected Tensor compute(Tensor images) {
      return chain(images, layers);
    }
  }

  private static final class DecoderLayers extends Decoder {
    private final List<Layer> layers = new ArrayList<>();

    DecoderLayers(Layer... parts) {
      for (int i = 0; i < parts.length; i++) {
        layers.add(child("layer" + i, parts[i]));
      }
    }

    @Override
    protected Tensor compute(Tensor latents) {
      return chain(latents, layers);
    }
  }

  /** The sum of a 1x1 convolution and of dilated ones, as in DeepLab's ASPP. */
  private static final class Dilated extends Layer {
    private final List<Layer> branches = new ArrayList<>();

    Dilated(int... dilations) {
      branches.add(child("near", conv(1, 1)));
      for (int dilation : dilations) {
        branches.add(child("dilation" + dilation, conv(3, dilation)));
      }
    }

    @Override
    protected Tensor compute(Tensor x) {
      Tensor sum = branches.get(0).forward(x);
      for (Layer branch : branches.subList(1, branches.size())) {
        sum = sum.add(branch.forward(x));
      }
      return sum;
    }
  }

  private static Layer conv(int kernel, int dilation) {
    ConvConfig config = ConvConfig.of(DIMENSION, DIMENSION, kernel);
    return new Conv2d(
        config.dilation(dilation).padding(kernel / 2 * dilation), new Rng(7L + dilation));
  }

  private static Layer patches(int factor) {
    return new Conv2d(ConvConfig.of(1, DIMENSION, factor).stride(factor), new Rng(3));
  }

  private static Layer pixels(int factor) {
    return new ConvTranspose2d(ConvConfig.of(DIMENSION, 1, factor).stride(factor), new Rng(5));
  }

  private static VqVae model(Encoder encoder, Decoder decoder) {
    return VqVae.builder()
        .encoder(encoder)
        .quantizer(VectorQuantizer.gradient(CODES, DIMENSION))
        .decoder(decoder)
        .build();
  }

  private static VqVae shifting(int cells) {
    return model(new Layers(patches(4), new Shift(cells)), new DecoderLayers(pixels(4)));
  }

  static Reach of(VqVae model, int factor) {
    return Reach.of(new Passes(model), new Factors(factor, factor, 1));
  }

  @ParameterizedTest
  @CsvSource({"8, 12, 24, 36", "16, 6, 12, 18", "8, 40, 40, 40", "1, 0, 0, 70"})
  void dilatedConvolutionsBesideAConvolutionOfOneCell(int factor, int a, int b, int c) {
    int[] dilations = IntStream.of(a, b, c).distinct().filter(i -> i > 0).toArray();
    try (VqVae model =
        model(
            new Layers(patches(factor), new Dilated(dilations)),
            new DecoderLayers(new Dilated(dilations), pixels(factor)))) {
      assertEquals(new Reach.Pass(c, false), of(model, factor).encoder());
      assertEquals(new Reach.Pass(c, false), of(model, factor).decoder());
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
      assertEquals(new Reach.Pass(70, false), of(model, 4).encoder());
      assertEquals(new Reach.Pass(0, false), of(model, 4).decoder());
    }
  }

  /** Looks 6 cells far where its first channel is above 0.2. */
  private static final class Gate extends Layer {
    private final Layer near = child("near", conv(1, 1));
    private final Layer far = child("far", conv(3, 6));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor gate = x.slice(3, 0, 1).sub(0.2).relu();
      return near.forward(x).add(far.forward(x).mul(gate));
    }
  }

  /** The mean of a cell, and its pixels. */
  private static final class Mean extends Layer {
    private final Layer other =
        child("other", new Conv2d(ConvConfig.of(1, DIMENSION - 1, 4).stride(4), new Rng(3)));

    @Override
    protected Tensor compute(Tensor x) {
      Tensor mean = x.averagePool(4, 4, ConvOptions.of(4, 0));
      return Tensor.concat(3, List.of(mean, other.forward(x)));
    }
  }

  @Test
  void aGateThatIsClosedOnGrayNoise() {
    try (VqVae model =
        model(new Layers(new Mean(), new Gate()), new DecoderLayers(new Gate(), pixels(4)))) {
      assertEquals(new Reach.Pass(6, false), of(model, 4).encoder());
      assertEquals(new Reach.Pass(6, false), of(model, 4).decoder());
    }
  }

  private static ConvEncoderConfig deepEncoder(int halvings, int blocks) {
    return ConvEncoder.channels(1).hidden(4).downsample(halvings).residual(blocks, 2);
  }

  private static ConvDecoderConfig deepDecoder(int halvings, int blocks) {
    return ConvDecoder.channels(1).hidden(4).upsample(halvings).residual(blocks, 2);
  }

  @Test
  void deepModelsAreLocal() {
    try (VqVae model =
        model(
            new ConvEncoder(deepEncoder(5, 6), DIMENSION, new Rng(1)),
            new ConvDecoder(deepDecoder(5, 6), DIMENSION, new Rng(2)))) {
      Reach reach = of(model, 32);
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
    try (VqVae model =
        model(
            new ConvEncoder(deepEncoder(2, 2).hidden(64), DIMENSION, new Rng(1)),
            new ConvDecoder(deepDecoder(2, 2).hidden(64), DIMENSION, new Rng(2)))) {
      Reach.Pass four = new Reach.Pass(4, false);
      assertEquals(new Reach(four, four), of(model, 4));
    }
  }

  @Test
  void onlyTheDecoderLooksAtTheWholeImage() {
    try (VqVae convolutions =
            model(
                new Layers(patches(16), conv(5, 1), conv(5, 1), conv(3, 1)),
                new DecoderLayers(new ImageMean(), pixels(16)));
        VqVae builtIn =
            model(
                new ConvEncoder(deepEncoder(4, 4), DIMENSION, new Rng(1)),
                new DecoderLayers(new ImageMean(), pixels(16)))) {
      assertEquals(new Reach.Pass(5, false), of(convolutions, 16).encoder());
      assertEquals(Reach.Pass.WHOLE, of(convolutions, 16).decoder());
      assertFalse(of(builtIn, 16).encoder().isWhole());
      assertEquals(Reach.Pass.WHOLE, of(builtIn, 16).decoder());
    }
  }

  /** All tiles have the statistics of the whole image. */
  @Test
  void groupNormalizationsDoNotCount() {
    try (VqVae model =
        model(
            new Layers(patches(16), conv(5, 1), new GroupNorm(2, DIMENSION)),
            new DecoderLayers(new GroupNorm(2, DIMENSION), pixels(16)))) {
      assertEquals(new Reach(new Reach.Pass(2, false), new Reach.Pass(0, false)), of(model, 16));
    }
  }

  @Test
  void layersThatLookFurtherThanTheLimitAreTreatedAsLookingAtTheWholeImage() {
    try (VqVae below = shifting(128);
        VqVae above = shifting(129)) {
      assertEquals(new Reach.Pass(128, false), of(below, 4).encoder());
      assertEquals(Reach.Pass.WHOLE, of(above, 4).encoder());
    }
  }

  private static Images photograph(int height, int width) {
    Rng rng = new Rng(7);
    float[] pixels = new float[height * width];
    for (int i = 0; i < pixels.length; i++) {
      double wave = Math.sin(i / width * 0.13) * Math.cos(i % width * 0.09 + i / width * 0.02);
      pixels[i] = (float) (0.5 + 0.3 * wave + 0.4 * (rng.nextDouble() - 0.5));
    }
    return Images.of(pixels, 1, height, width, 1);
  }

  /** Codebook vectors are latents of the image, so that many codes are used. */
  private static void useLatents(VqVae model, Images image) {
    float[] codebook = new float[CODES * DIMENSION];
    try (Step step = Step.inference()) {
      Tensor pixels = step.tensor(image.pixels(), 1, image.height(), image.width(), 1);
      float[] latents = model.encoderOutput(pixels).toFloats();
      int stride = latents.length / DIMENSION / CODES;
      for (int i = 0; i < codebook.length; i++) {
        codebook[i] = latents[i / DIMENSION * stride * DIMENSION + i % DIMENSION];
      }
    }
    model.variables().entrySet().stream()
        .filter(entry -> entry.getKey().contains("codebook"))
        .forEach(entry -> entry.getValue().set(codebook));
  }

  @Test
  void tilesOfLayersThatLookFarEqualTheWhole() {
    try (VqVae model =
        model(
            new Layers(patches(8), new Dilated(12, 24, 36)),
            new DecoderLayers(new Dilated(40), pixels(8)))) {
      assertEqualToWhole(model, photograph(520, 704));
    }
  }

  @Test
  void tilesOfDeepModelsEqualTheWhole() {
    try (VqVae model =
        model(
            new ConvEncoder(deepEncoder(5, 6), DIMENSION, new Rng(1)),
            new ConvDecoder(deepDecoder(5, 6), DIMENSION, new Rng(2)))) {
      assertEqualToWhole(model, photograph(640, 1600));
    }
  }

  private static void assertEqualToWhole(VqVae model, Images image) {
    useLatents(model, image);
    Codes whole = model.encode(image);
    assertTrue(Arrays.stream(whole.values()).distinct().count() > 3, "several codes");
    Images decoded = model.decode(whole);
    Tiling.limit(new Tiling.Limits(0, 256));
    int[] tiled = model.encode(image).values();
    long different =
        IntStream.range(0, tiled.length).filter(i -> tiled[i] != whole.values()[i]).count();
    assertTrue(different <= 1 + tiled.length / 2000, different + " codes, more than near ties");
    assertArrayEquals(decoded.pixels(), model.decode(whole).pixels(), 1e-5f);
  }

  /** Tiles with wide margins have narrow cores, so that they do not need more and more memory. */
  @Test
  void tilesWithWideMarginsHaveNarrowCores() {
    assertEquals(new Tiling.Size(44, 10), Tiling.size(new Reach.Pass(9, false), 4));
    assertEquals(new Tiling.Size(80, 40), Tiling.size(new Reach.Pass(39, false), 4));
    assertEquals(new Tiling.Size(116, 70), Tiling.size(new Reach.Pass(69, false), 4));
    assertEquals(new Tiling.Size(129, 129), Tiling.size(new Reach.Pass(128, false), 4));
    assertEquals(new Tiling.Size(64, 16), Tiling.size(Reach.Pass.WHOLE, 4));
  }

  /** A decoder of 4n + 2 rows: one vector does not become the same number of rows as the next. */
  @Test
  void factorsAreMeasuredAlongBothAxes() {
    Encoder encoder = new Layers(patches(4));
    ConvConfig config = ConvConfig.of(DIMENSION, 1, 4).stride(4);
    Rng rng = new Rng(2);
    assertEquals(
        new Factors(1, 1, 0), factors(encoder, new ConvTranspose2d(config.kernel(6, 4), rng)));
    assertEquals(
        new Factors(1, 1, 0), factors(encoder, new ConvTranspose2d(config.kernel(4, 6), rng)));
    assertEquals(new Factors(4, 4, 1), factors(encoder, new ConvTranspose2d(config, rng)));
  }

  private static Factors factors(Encoder encoder, Layer decoder) {
    return Factors.of(encoder, new DecoderLayers(decoder), DIMENSION);
  }

  private record Passes(VqVae model) implements CodePasses {
    @Override
    public List<Tensor> latents(Tensor images) {
      return List.of(model.encoderOutput(images));
    }

    @Override
    public Tensor pixels(List<Tensor> vectors) {
      return model.decoder().forward(vectors.get(0));
    }

    @Override
    public int maps() {
      throw new AssertionError("not a pass");
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
