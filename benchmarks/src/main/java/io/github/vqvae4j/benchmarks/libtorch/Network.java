package io.github.vqvae4j.benchmarks.libtorch;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The convolutions of {@code sonnet-cifar10}: encoder and decoder. */
final class Network {
  private static final int HIDDEN = 128;
  private static final int RESIDUAL_HIDDEN = 32;

  private final Weights weights;
  private final Layout layout;
  private final List<Tensor> parameters = new ArrayList<>();

  private final Convolution downsample1;
  private final Convolution downsample2;
  private final Convolution encoderMix;
  private final List<Convolution> encoderResidual;
  private final Convolution project;
  private final Convolution decoderMix;
  private final List<Convolution> decoderResidual;
  private final Convolution upsample1;
  private final Convolution upsample2;

  Network(Weights weights, Layout layout) {
    this.weights = weights;
    this.layout = layout;
    downsample1 = convolution("encoder.down.0", 3, HIDDEN / 2, 4, false);
    downsample2 = convolution("encoder.down.1", HIDDEN / 2, HIDDEN, 4, false);
    encoderMix = convolution("encoder.mix", HIDDEN, HIDDEN, 3, false);
    encoderResidual = residual("encoder.residual");
    project = convolution("encoder.project", HIDDEN, Codebook.DIMENSION, 1, false);
    decoderMix = convolution("decoder.mix", Codebook.DIMENSION, HIDDEN, 3, false);
    decoderResidual = residual("decoder.residual");
    upsample1 = convolution("decoder.up.0", HIDDEN, HIDDEN / 2, 4, true);
    upsample2 = convolution("decoder.up.1", HIDDEN / 2, 3, 4, true);
  }

  private Convolution convolution(String name, int in, int out, int kernel, boolean transposed) {
    Convolution convolution = new Convolution(name, in, out, kernel, transposed, weights, layout);
    parameters.addAll(convolution.parameters());
    return convolution;
  }

  private List<Convolution> residual(String name) {
    List<Convolution> convolutions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      convolutions.add(convolution(name + "." + i + ".conv", HIDDEN, RESIDUAL_HIDDEN, 3, false));
      convolutions.add(convolution(name + "." + i + ".project", RESIDUAL_HIDDEN, HIDDEN, 1, false));
    }
    return convolutions;
  }

  List<Tensor> parameters() {
    return List.copyOf(parameters);
  }

  /** Encodes images [n, 3, h, w] to latents [n, 64, h/4, w/4]. */
  Tensor encode(Tensor images) {
    Tensor x = downsample1.forward(images).relu_();
    x = downsample2.forward(x).relu_();
    x = encoderMix.forward(x).relu_();
    return project.forward(residual(encoderResidual, x));
  }

  /** Decodes latents [n, 64, h/4, w/4] to images [n, 3, h, w]. */
  Tensor decode(Tensor latents) {
    Tensor x = residual(decoderResidual, decoderMix.forward(latents));
    return upsample2.forward(upsample1.forward(x).relu_());
  }

  private static Tensor residual(List<Convolution> convolutions, Tensor x) {
    Tensor y = x;
    for (int i = 0; i < convolutions.size(); i += 2) {
      Tensor inner = convolutions.get(i).forward(y.relu()).relu_();
      y = convolutions.get(i + 1).forward(inner).add_(y);
    }
    return y.relu_();
  }
}
