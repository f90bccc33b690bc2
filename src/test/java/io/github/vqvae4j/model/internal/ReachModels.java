package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Models of grayscale images, and layers for them, whose reach follows from their settings. */
final class ReachModels {
  static final int DIMENSION = 4;
  static final int CODES = 16;

  private ReachModels() {}

  /** The sum of a 1x1 convolution and of dilated ones, as in DeepLab's ASPP. */
  static final class Dilated extends Layer {
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

  static Layer conv(int kernel, int dilation) {
    ConvConfig config = ConvConfig.of(DIMENSION, DIMENSION, kernel);
    return new Conv2d(
        config.dilation(dilation).padding(kernel / 2 * dilation), new Rng(7L + dilation));
  }

  static Layer patches(int factor) {
    return new Conv2d(ConvConfig.of(1, DIMENSION, factor).stride(factor), new Rng(3));
  }

  static Layer pixels(int factor) {
    return new ConvTranspose2d(ConvConfig.of(DIMENSION, 1, factor).stride(factor), new Rng(5));
  }

  static VqVae model(Encoder encoder, Decoder decoder) {
    return VqVae.builder()
        .encoder(encoder)
        .quantizer(VectorQuantizer.gradient(CODES, DIMENSION))
        .decoder(decoder)
        .build();
  }

  /**
   * Returns a model of the library with as many halvings, and residual blocks at the smallest size.
   */
  static VqVae deep(int halvings, int blocks, int hidden) {
    return model(
        deepEncoder(halvings, blocks, hidden),
        new ConvDecoder(
            ConvDecoder.channels(1).hidden(hidden).upsample(halvings).residual(blocks, 2),
            DIMENSION,
            new Rng(2)));
  }

  /** Returns the encoder of {@link #deep}. */
  static Encoder deepEncoder(int halvings, int blocks, int hidden) {
    return new ConvEncoder(
        ConvEncoder.channels(1).hidden(hidden).downsample(halvings).residual(blocks, 2),
        DIMENSION,
        new Rng(1));
  }
}
