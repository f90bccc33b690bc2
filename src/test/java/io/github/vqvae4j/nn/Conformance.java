package io.github.vqvae4j.nn;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer;
import io.github.vqvae4j.quantize.GroupedQuantizer;
import io.github.vqvae4j.quantize.IndexBackpropagationQuantizer;
import io.github.vqvae4j.quantize.LatentQuantizer;
import io.github.vqvae4j.quantize.LookupFreeQuantizer;
import io.github.vqvae4j.quantize.ProjectedQuantizer;
import io.github.vqvae4j.quantize.ResidualQuantizer;
import io.github.vqvae4j.quantize.SimVectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Padding;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import java.util.function.Function;

/** Small instances of all layers of the library, which {@link ConformanceTest} checks. */
record Conformance(String name, Function<Rng, Layer> make, long... inputShape) {
  static final List<Conformance> ALL =
      List.of(
          of("Linear", rng -> new Linear(3, 5, rng), 2, 4, 3),
          of(
              "Linear without bias",
              rng ->
                  new Linear(
                      LinearConfig.of(3, 5).bias(false).initializer(Initializer.XAVIER_NORMAL),
                      rng),
              4,
              3),
          of(
              "Conv2d",
              rng -> new Conv2d(ConvConfig.of(2, 3, 3).stride(2).padding(1), rng),
              2,
              5,
              7,
              2),
          of(
              "Conv2d with relu, without bias",
              rng -> new Conv2d(ConvConfig.of(2, 3, 1).bias(false).relu(true), rng),
              1,
              3,
              3,
              2),
          of(
              "ConvTranspose2d",
              rng -> new ConvTranspose2d(ConvConfig.of(3, 2, 4).stride(2).padding(1), rng),
              2,
              3,
              5,
              3),
          of(
              "Conv2d, dilated, depthwise",
              rng -> new Conv2d(ConvConfig.of(2, 4, 3).groups(2).dilation(2).padding(1), rng),
              2,
              5,
              6,
              2),
          of(
              "ConvTranspose2d with groups and output padding",
              rng ->
                  new ConvTranspose2d(
                      ConvConfig.of(4, 2, 3).stride(2).padding(1).groups(2).outputPadding(1), rng),
              2,
              3,
              2,
              4),
          of(
              "Conv1d",
              rng -> new Conv1d(ConvConfig.of(3, 4, 3).padding(2).dilation(2).relu(true), rng),
              2,
              7,
              3),
          of(
              "ConvTranspose1d",
              rng -> new ConvTranspose1d(ConvConfig.of(3, 2, 4).stride(2).padding(1), rng),
              2,
              5,
              3),
          of(
              "Conv1d, causal, weight norm",
              rng -> new Conv1d(ConvConfig.of(3, 5, 3).dilation(2).causal().weightNorm(true), rng),
              2,
              7,
              3),
          of(
              "ConvTranspose1d, causal, weight norm",
              rng ->
                  new ConvTranspose1d(
                      ConvConfig.of(3, 2, 5).stride(2).causal().weightNorm(true), rng),
              2,
              5,
              3),
          of(
              "Conv2d, even kernel, same size",
              rng -> new Conv2d(ConvConfig.of(2, 3, 4).same(), rng),
              1,
              5,
              3,
              2),
          of(
              "Conv2d, padded per side, groups, weight norm",
              rng ->
                  new Conv2d(
                      ConvConfig.of(4, 6, 3).padding(2, 0, 1, 3).groups(2).weightNorm(true), rng),
              2,
              3,
              5,
              4),
          of(
              "ConvTranspose2d, cropped per side, weight norm",
              rng ->
                  new ConvTranspose2d(
                      ConvConfig.of(2, 3, 4).stride(2).padding(0, 1, 2, 0).weightNorm(true), rng),
              1,
              3,
              2,
              2),
          of(
              "Conv2d, mask A",
              rng -> new Conv2d(ConvConfig.of(2, 3, 5).same().mask(ConvMask.A), rng),
              1,
              5,
              3,
              2),
          of(
              "Conv2d, mask B, weight norm",
              rng ->
                  new Conv2d(
                      ConvConfig.of(2, 2, 3).padding(2, 0, 1, 1).mask(ConvMask.B).weightNorm(true),
                      rng),
              2,
              3,
              4,
              2),
          of("MultiHeadAttention", rng -> new MultiHeadAttention(6, 2, false, rng), 2, 5, 6),
          of("MultiHeadAttention, causal", rng -> new MultiHeadAttention(4, 4, true, rng), 1, 7, 4),
          of("Upsample", rng -> new Upsample(2), 1, 3, 2, 2),
          of("Activation.RELU", rng -> Activation.RELU, 3, 5),
          of("Activation.SIGMOID", rng -> Activation.SIGMOID, 3, 5),
          of("Activation.TANH", rng -> Activation.TANH, 3, 5),
          of("Activation.LEAKY_RELU", rng -> Activation.LEAKY_RELU, 3, 5),
          of("Activation.leakyRelu", rng -> Activation.leakyRelu(0.2), 3, 5),
          of("Activation.ELU", rng -> Activation.ELU, 3, 5),
          of("Activation.elu", rng -> Activation.elu(0.3), 3, 5),
          of("Activation.SILU", rng -> Activation.SILU, 3, 5),
          of("Activation.GELU", rng -> Activation.GELU, 3, 5),
          of("Activation.SOFTPLUS", rng -> Activation.SOFTPLUS, 3, 5),
          of("MaxPool", rng -> new MaxPool(2), 2, 4, 5, 3),
          of("MaxPool, overlapping", rng -> new MaxPool(3, ConvOptions.of(2, 1)), 1, 5, 4, 2),
          of("AveragePool", rng -> new AveragePool(2), 2, 4, 5, 3),
          of(
              "AveragePool, overlapping",
              rng -> new AveragePool(3, ConvOptions.of(2, 1)),
              1,
              5,
              4,
              2),
          of("Pad with zeros", rng -> new Pad(Padding.zeros(1)), 1, 2, 3, 2),
          of("Pad by reflection", rng -> new Pad(Padding.reflect(2)), 2, 3, 4, 2),
          of(
              "Sequential",
              rng -> Sequential.of(new Linear(4, 6, rng), Activation.TANH, new Linear(6, 2, rng)),
              3,
              4),
          of(
              "ResidualBlock",
              rng ->
                  new ResidualBlock(
                      Conv2d::new, 4, ResidualConfig.of(1, 2), 1, Initializer.TORCH, rng),
              2,
              3,
              3,
              4),
          of(
              "ResidualStack",
              rng ->
                  new ResidualStack(
                      Conv2d::new, 4, ResidualConfig.of(2, 2), Initializer.TRUNCATED_NORMAL, rng),
              2,
              3,
              3,
              4),
          of(
              "ResidualStack, growing dilation",
              rng ->
                  new ResidualStack(
                      Conv2d::new,
                      3,
                      ResidualConfig.of(3, 2).dilationGrowth(2),
                      Initializer.TORCH,
                      rng),
              1,
              5,
              4,
              3),
          of(
              "ResidualStack without bias, rectified skip",
              rng ->
                  new ResidualStack(
                      Conv2d::new,
                      4,
                      ResidualConfig.of(2, 3).bias(false).skip(Skip.RECTIFIED),
                      Initializer.TORCH,
                      rng),
              2,
              3,
              5,
              4),
          of("LayerNorm", rng -> new LayerNorm(5), 2, 3, 5),
          of("GroupNorm", rng -> new GroupNorm(2, 6), 2, 3, 2, 6),
          of(
              "LayerNorm without weight",
              rng -> new LayerNorm(LayerNormConfig.of(5).affine(false)),
              2,
              3,
              5),
          of(
              "GroupNorm without weight",
              rng -> new GroupNorm(GroupNormConfig.of(3, 6).affine(false)),
              2,
              3,
              6),
          of("Embedding", rng -> new Coded(4, new Embedding(4, 3, rng)), 2, 5),
          of("ResnetBlock", rng -> new ResnetBlock(ResnetConfig.of(4, 4, 2), rng), 2, 3, 2, 4),
          of(
              "ResnetBlock, more channels",
              rng -> new ResnetBlock(ResnetConfig.of(4, 6, 2), rng),
              1,
              2,
              3,
              4),
          of("AttentionBlock", rng -> new AttentionBlock(4, 2, rng), 2, 2, 3, 4),
          of(
              "ConvEncoder",
              rng -> ConvEncoder.channels(3).hidden(4).residual(1, 2).build(5, rng),
              1,
              8,
              4,
              3),
          of(
              "ConvEncoder, no downsampling",
              rng -> ConvEncoder.channels(1).hidden(4).downsample(0).residual(0, 1).build(2, rng),
              1,
              3,
              3,
              1),
          of(
              "ConvDecoder",
              rng -> ConvDecoder.channels(3).hidden(4).residual(1, 2).build(5, rng),
              1,
              2,
              1,
              5),
          of(
              "ConvDecoder, 8x nearest-neighbor upsampling",
              rng ->
                  ConvDecoder.channels(1)
                      .hidden(4)
                      .upsample(3)
                      .residual(0, 1)
                      .upsampleMode(UpsampleMode.NEAREST)
                      .build(2, rng),
              1,
              1,
              2,
              2),
          of(
              "ConvDecoder, no upsampling",
              rng -> ConvDecoder.channels(1).hidden(4).upsample(0).residual(0, 1).build(2, rng),
              1,
              3,
              3,
              2),
          of(
              "StridedEncoder",
              rng -> StridedEncoder.channels(3).widths(4, 5, 3).build(2, rng),
              1,
              8,
              16,
              3),
          of(
              "StridedDecoder",
              rng -> StridedDecoder.channels(2).widths(4, 3).build(5, rng),
              1,
              3,
              1,
              5));

  /** Layers that compute different results in training and inference. */
  static final List<Conformance> DIFFERENT_IN_TRAINING =
      List.of(
          of("BatchNorm2d", rng -> new BatchNorm2d(3), 2, 3, 2, 3),
          of(
              "BatchNorm2d without weight",
              rng -> new BatchNorm2d(BatchNormConfig.of(3).momentum(1).affine(false)),
              2,
              1,
              3,
              3),
          of(
              "ImageClassifier",
              rng -> ImageClassifier.images(4, 5, 2).classes(3).widths(3, 4).build(rng),
              4,
              4,
              5,
              2),
          of("Dropout", rng -> new Dropout(0.4), 3, 5),
          of(
              "ResnetBlock with dropout",
              rng -> new ResnetBlock(ResnetConfig.of(4, 4, 1).dropout(0.3), rng),
              2,
              3,
              2,
              4));

  /** Quantizers, whose straight-through gradient is not the derivative of the computed function. */
  static final List<Conformance> QUANTIZERS =
      List.of(
          of(
              "VectorQuantizer, EMA",
              rng -> VectorQuantizer.ema(6, 3).init(Initialization.UNIFORM).build(rng),
              2,
              3,
              2,
              3),
          of(
              "VectorQuantizer, gradient",
              rng -> VectorQuantizer.gradient(6, 3).init(Initialization.NORMAL).build(rng),
              4,
              3),
          of(
              "VectorQuantizer, gradient, small initial values",
              rng -> VectorQuantizer.gradient(6, 3).init(Initialization.SMALL_UNIFORM).build(rng),
              4,
              3),
          of(
              "FiniteScalarQuantizer, published",
              rng -> FiniteScalarQuantizer.levels(8, 5, 3).build(rng),
              2,
              3,
              2,
              3),
          of(
              "ProjectedQuantizer",
              rng -> ProjectedQuantizer.of(3, FiniteScalarQuantizer.symmetric(4, 3)).build(rng),
              4,
              3),
          of("LookupFreeQuantizer", rng -> LookupFreeQuantizer.bits(3).build(rng), 2, 3, 2, 3),
          of(
              "LookupFreeQuantizer, spherical",
              rng -> LookupFreeQuantizer.spherical(3).build(rng),
              4,
              3),
          of(
              "SimVectorQuantizer",
              rng -> SimVectorQuantizer.codes(6, 3).bias(true).build(rng),
              2,
              3,
              2,
              3),
          of(
              "IndexBackpropagationQuantizer",
              rng -> IndexBackpropagationQuantizer.codes(6, 3).build(rng),
              2,
              3,
              2,
              3),
          of(
              "GroupedQuantizer",
              rng ->
                  GroupedQuantizer.of(2, VectorQuantizer.gradient(6, 3).init(Initialization.NORMAL))
                      .build(rng),
              4,
              6),
          of(
              "ResidualQuantizer",
              rng ->
                  ResidualQuantizer.of(
                          3, VectorQuantizer.gradient(6, 3).init(Initialization.NORMAL))
                      .build(rng),
              4,
              3),
          of("LatentQuantizer", rng -> LatentQuantizer.levels(4, 5, 3).build(rng), 2, 3, 2, 3));

  /** Converts real inputs to codes, for layers that expect codes. */
  private static final class Coded extends Layer {
    private final int count;
    private final Layer layer;

    Coded(int count, Layer layer) {
      this.count = count;
      this.layer = child("layer", layer);
    }

    @Override
    protected Tensor compute(Tensor x) {
      double[] values = x.toDoubles();
      int[] codes = new int[values.length];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = Math.floorMod((int) Math.floor(values[i]), count);
      }
      return layer.forward(x.step().tensor(codes, x.shape()));
    }
  }

  private static Conformance of(String name, Function<Rng, Layer> make, long... inputShape) {
    return new Conformance(name, make, inputShape);
  }

  @Override
  public String toString() {
    return name;
  }
}
