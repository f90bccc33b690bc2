package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.Latents;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.CustomOperation;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains an autoencoder with binary latents, using a custom operation. */
@Command(
    name = "binary",
    description =
        "Trains an autoencoder with binary latents on handwritten digits: a custom operation with a"
            + " surrogate gradient.",
    footerHeading = "%nExample (twenty seconds on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"binary\"")
final class BinaryCommand extends TrainingCommand<Autoencoder> {
  /** The width of the surrogate gradient: latents further from 0 have small gradients. */
  private static final double WIDTH = 0.5;

  @Mixin private DigitsOption digits;

  /**
   * y = 1 if x >= 0, else -1. As its derivative is 0 almost everywhere, the gradient of tanh(x /
   * width) is used instead: (1 - tanh(x / width)^2) / width.
   */
  private record Binarize(double width) implements CustomOperation {
    @Override
    public String name() {
      return "binarize";
    }

    @Override
    public Tensor forward(Tensor... inputs) {
      Tensor x = inputs[0];
      return x.ge(0).to(x.dtype()).mul(2).sub(1);
    }

    @Override
    public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
      Tensor slope = inputs[0].div(width).tanh().square().rsub(1).div(width);
      return new Tensor[] {gradient.mul(slope)};
    }
  }

  /** A dense encoder followed by the operation. */
  private static final class BinaryEncoder extends Encoder {
    private final DenseEncoder dense;

    BinaryEncoder(DenseEncoder dense) {
      this.dense = child("dense", dense);
    }

    @Override
    protected Tensor compute(Tensor images) {
      return images.step().apply(new Binarize(WIDTH), dense.forward(images));
    }
  }

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(1_200, 32, 0, 64, 400, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    return digits.read();
  }

  @Override
  Autoencoder model(ImageSets images) {
    int height = images.train().height();
    int width = images.train().width();
    DenseEncoder dense =
        new DenseEncoder(
            DenseEncoder.images(height, width, 1).hidden(options.hidden),
            options.dimension,
            new Rng(options.seed));
    return Autoencoder.builder()
        .encoder(new BinaryEncoder(dense))
        .decoder(DenseDecoder.images(height, width, 1).hidden(options.hidden))
        .dimension(options.dimension)
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, Autoencoder trained, PrintWriter out)
      throws IOException {
    Latents latents = trained.encode(images.test());
    int bits = options.dimension;
    Set<String> distinctCodes = new HashSet<>();
    String first = null;
    float[] values = latents.values();
    for (int start = 0; start < values.length; start += bits) {
      String code = code(Arrays.copyOfRange(values, start, start + bits));
      first = first == null ? code : first;
      distinctCodes.add(code);
    }
    out.printf("%nCode of the first held-out digit (%d bits): %s%n", bits, first);
    out.printf(
        "%d held-out digits have %d distinct codes%n", images.test().size(), distinctCodes.size());
  }

  private static String code(float... latents) {
    StringBuilder code = new StringBuilder();
    for (float latent : latents) {
      code.append(latent == 1 ? '1' : latent == -1 ? '0' : '?');
    }
    return code.toString();
  }
}
