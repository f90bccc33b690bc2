package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A variational autoencoder (Kingma and Welling 2014): q(z|x) = N(mu(x), diag sigma(x)^2) from the
 * encoder, p(z) = N(0, I), p(x|z) from the decoder by a {@link Likelihood}.
 *
 * <pre>{@code
 * Vae model = Vae.builder()
 *     .encoder(DenseEncoder.images(28, 28, 1).hidden(400))
 *     .decoder(DenseDecoder.images(28, 28, 1).hidden(400))
 *     .latent(20)
 *     .seed(42)
 *     .build();
 * Trainer.of(model).optimizer(Adam.rate(1e-3)).batch(128).steps(5_000).fit(digits.train());
 * Images.writeGrid(model.sample(64, new Rng(1)), Path.of("new-digits.png"));
 * }</pre>
 *
 * <p>The encoder gives mu and log sigma^2, which is clamped:
 *
 * <pre>
 * log sigma^2 = min(max(encoder's, -30), 20)
 * </pre>
 *
 * <p>as in latent diffusion's autoencoder (Rombach et al. 2022), with gradient 0 outside.
 *
 * <p>{@link #encode} gives mu; {@link #decode}, {@link #reconstruct} and {@link #sample} give the
 * mean of p(x|z).
 */
public final class Vae extends LatentModel {
  /** The name of the second term of the loss. */
  public static final String KL = "kl";

  /** Of the latents that are drawn for evaluations, which so can be compared. */
  private static final long EVALUATION_SEED = 0x7c3d_0000_0000_0000L;

  private final VaeConfig config;
  private final PixelDistribution distribution;
  private CollapseWatch watch = new CollapseWatch();

  Vae(VaeConfig config, Encoder encoder, Decoder decoder) {
    super(encoder, decoder);
    this.config = config;
    distribution = child("likelihood", new PixelDistribution(config.likelihood()));
    built();
  }

  /**
   * Starts to describe a model.
   *
   * @return a builder without encoder and decoder
   */
  public static VaeBuilder builder() {
    return new VaeBuilder();
  }

  /**
   * Reads a model that was built from the library's own parts.
   *
   * @param file written by {@link #save}
   * @return a new model
   * @throws IOException if there is no such file, or it is damaged or not such a model; the message
   *     says what is wrong and where
   */
  public static Vae load(Path file) throws IOException {
    ModelFile content = ModelFile.read(file, ModelFile.Model.VAE);
    VaeConfig config = content.settings("model", VaeConfig.class);
    return content.build(builder().config(config).parts(content)::build);
  }

  /**
   * Reads parameters and buffers into a model: the way to load one with layers of one's own.
   *
   * @param file written by {@link #save}
   * @param into a model built like the one that was saved; on an error it is as it was
   * @return that model
   * @throws IOException as {@link #load(Path)}, and if names or shapes differ
   */
  public static Vae load(Path file, Vae into) throws IOException {
    return ModelFile.read(file, ModelFile.Model.VAE).fill(into);
  }

  /** Writes the model to a file, from which {@link #load} makes it again. */
  @Override
  public void save(Path file) throws IOException {
    ModelFile.save(file, ModelFile.Model.VAE, this);
  }

  @Override
  public VaeConfig config() {
    return config;
  }

  /**
   * The loss of a VAE, in nats an image:
   *
   * <pre>
   * L = -log p(x|z) + beta KL(q(z|x) || p(z))
   * </pre>
   *
   * <p>Both terms are sums over the pixels or latents of an image and means over the images. z is
   * drawn from q(z|x): in a training step with its generator, for inference with noise that is each
   * image's own, by its index in the data set, and the same each time. With beta 1, L is the
   * negative evidence lower bound (Kingma and Welling 2014, equation 7, one sample). For inference
   * the reconstruction is that of mu.
   */
  @Override
  public BatchLoss loss(Tensor images, TrainingProgress progress) {
    Posterior posterior = posterior(images.add(-CENTER));
    Step step = images.step();
    if (isTraining(step)) {
      return loss(images, posterior, posterior.sample(), progress);
    }
    step.skipDraw();
    Tensor latents = posterior.sample(EVALUATION_SEED, progress.firstImage());
    return loss(images, posterior, latents, progress);
  }

  BatchLoss loss(Tensor images, Posterior posterior, Tensor latents, TrainingProgress progress) {
    Tensor decoded = decoder().forward(latents);
    checkSameShape(decoded.shape(), images.shape());
    Tensor kl = posterior.kl();
    boolean training = isTraining(images.step());
    if (training) {
      float[] values = kl.toFloats();
      images.step().onCommit(() -> watch.add(values));
    }
    List<LossTerm> terms =
        List.of(
            new LossTerm(
                ReconstructionLoss.NAME, distribution.negativeLog(decoded, images).mean(), 1),
            new LossTerm(KL, kl.sum(), config.klWeight(progress.step())));
    Tensor reconstruction = training ? distribution.forward(decoded) : pixels(posterior.mean());
    return new BatchLoss(terms, images, reconstruction, CodeUsage.none(0));
  }

  /** Begins to watch for posterior collapse anew: what earlier runs were like does not count. */
  @Override
  public void initialize(Dataset data, int batch, long seed, Rng rng) {
    watch = new CollapseWatch();
  }

  /** q(z|x) of centred images. */
  Posterior posterior(Tensor centered) {
    Tensor encoded = encoder().forward(centered);
    long[] expected = new long[config.latent().size() + 1];
    expected[0] = centered.size(0);
    for (int i = 1; i < expected.length; i++) {
      expected[i] = config.latent().get(i - 1);
    }
    int d = config.dimension();
    expected[expected.length - 1] = 2L * d;
    if (!Arrays.equals(encoded.shape(), expected)) {
      throw new IllegalArgumentException(
          "Vae: expected of the encoder "
              + Arrays.toString(expected)
              + ", mean and log variance for latents "
              + config.latent()
              + ", got "
              + Arrays.toString(encoded.shape())
              + ". Build the model with latent(..) as the encoder gives it: D, or height, width, D"
              + " for a map.");
    }
    checkFinite(ENCODED, encoded);
    return Posterior.of(encoded.slice(-1, 0, d), encoded.slice(-1, d, 2L * d));
  }

  @Override
  Tensor latents(Tensor centered) {
    return posterior(centered).mean();
  }

  @Override
  Tensor pixels(Tensor latents) {
    return distribution.forward(decoder().forward(latents));
  }

  /**
   * New images: z from N(0, I) through the decoder.
   *
   * @param count how many, at least 1
   * @param rng where they are drawn from
   * @return the means of p(x|z)
   * @throws IllegalArgumentException if the count is below 1
   */
  public Images sample(int count, Rng rng) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Vae.sample: expected a count of at least 1, got " + count + ".");
    }
    int[] shape = new int[config.latent().size() + 1];
    shape[0] = count;
    long each = 1;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = config.latent().get(i - 1);
      each *= shape[i];
    }
    float[] values =
        new float[Lengths.of("Vae.sample", count, "latents", each, "numbers", "draw fewer")];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return decode(Latents.taking(values, shape));
  }

  /**
   * How much each latent dimension is used: KL(q(z|x) || p(z)) of each, the mean over images.
   *
   * @param images one or more
   * @return in nats, in the order of the latent's shape; near 0 for a dimension that the decoder
   *     ignores
   */
  public double[] kl(Dataset images) {
    checkSome(images);
    checkWeights();
    int part = part((long) images.height() * images.width());
    double[] sums = null;
    for (int from = 0, to; from < images.size(); from = to) {
      to = Lengths.end(from, part, images.size());
      try (Step step = Step.inference()) {
        double[] means = posterior(pixels(step, images, from, to).add(-CENTER)).kl().toDoubles();
        sums = sums == null ? new double[means.length] : sums;
        for (int i = 0; i < means.length; i++) {
          sums[i] += means[i] * (to - from);
        }
      }
    }
    return Arrays.stream(sums).map(sum -> sum / images.size()).toArray();
  }

  /**
   * An estimate of log p(x) from below (Burda, Grosse and Salakhutdinov 2016, equation 8):
   *
   * <pre>
   * log 1/k sum_i p(x|z_i) p(z_i) / q(z_i|x),  z_i from q(z|x)
   * </pre>
   *
   * <p>For k = 1 its expectation is the evidence lower bound; it grows with k towards log p(x).
   * Sums and logarithms over samples are in double.
   *
   * @param images one or more
   * @param samples k, at least 1; each costs a pass through the decoder
   * @param rng where the samples come from
   * @return log p(x) of each image, in nats; densities, and so perhaps above 0, for a Gaussian
   *     likelihood
   * @throws IllegalArgumentException if there is no image or no sample
   */
  public double[] logLikelihood(Dataset images, int samples, Rng rng) {
    return ImportanceSampling.logLikelihood(this, images, samples, rng);
  }

  /** -log p(x|z) of each image, [b]. */
  Tensor negativeLog(Tensor latents, Tensor images) {
    return distribution.negativeLog(decoder().forward(latents), images);
  }
}
