package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.LatentModel;
import io.github.vqvae4j.model.Latents;
import io.github.vqvae4j.model.ModelRegistry;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelFile;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A variational autoencoder (VAE; Kingma and Welling 2014): the encoder computes q(z|x) = N(mu(x),
 * diag sigma(x)^2), the prior is p(z) = N(0, I), and the decoder with a {@link Likelihood} computes
 * p(x|z).
 *
 * <pre>{@code
 * Vae model = Vae.builder()
 *     .encoder(DenseEncoder.images(28, 28, 1).hidden(400))
 *     .decoder(DenseDecoder.images(28, 28, 1).hidden(400))
 *     .latent(20)
 *     .seed(42)
 *     .build();
 * Trainer.of(model).optimizer(Adam.rate(1e-3)).batch(128).steps(5_000).fit(digits.train());
 * Images.writeGrid(model.sample(64, new Rng(1)), Path.of("samples.png"));
 * }</pre>
 *
 * <p>The encoder output consists of mu and log sigma^2, which is clamped:
 *
 * <pre>
 * log sigma^2 = min(max(encoder output, -30), 20)
 * </pre>
 *
 * <p>as in the autoencoder of latent diffusion (Rombach et al. 2022). The gradient outside the
 * bounds is 0.
 *
 * <p>{@link #encode} returns mu; {@link #decode}, {@link #reconstruct} and {@link #sample} return
 * the mean of p(x|z).
 */
public final class Vae extends LatentModel {
  /** The name of the KL divergence term of the loss. */
  public static final String KL = "kl";

  /**
   * The seed of the latents that are sampled in evaluations, which makes evaluations comparable.
   */
  private static final long EVALUATION_SEED = 0x7c3d_0000_0000_0000L;

  /** The name of the state of the detection of posterior collapse in checkpoints. */
  private static final String COLLAPSE = "posteriorCollapse";

  private final VaeConfig config;
  private final PixelDistribution distribution;
  private PosteriorCollapseMonitor collapseMonitor = new PosteriorCollapseMonitor();

  Vae(VaeConfig config, Encoder encoder, Decoder decoder) {
    super(encoder, decoder);
    this.config = config;
    distribution = child("likelihood", new PixelDistribution(config.likelihood()));
    markBuilt();
  }

  /**
   * Returns a new builder.
   *
   * @return a builder with no encoder or decoder set
   */
  public static VaeBuilder builder() {
    return new VaeBuilder();
  }

  /**
   * Loads a model whose encoder and decoder are those of the library or {@linkplain ModelRegistry
   * registered}.
   *
   * @param file a file written by {@link #save}
   * @return a new model
   * @throws IOException if the file does not exist, is corrupt, or is not a file of a VAE; the
   *     message names the problem and its location
   */
  public static Vae load(Path file) throws IOException {
    return ModelFile.load(file, Vae.class);
  }

  @Override
  public VaeConfig config() {
    return config;
  }

  /**
   * Computes the loss of a VAE, in nats per image:
   *
   * <pre>
   * L = -log p(x|z) + beta KL(q(z|x) || p(z))
   * </pre>
   *
   * <p>Both terms are summed over the pixels or latent dimensions of an image and averaged over the
   * batch. In a training step, z is sampled from q(z|x) with the step's random number generator. In
   * an inference step, the noise of each image is a function of its index in the dataset, so
   * evaluations are reproducible, and the reconstruction is decoded from mu. With beta = 1, L is
   * the negative evidence lower bound (ELBO; Kingma and Welling 2014, equation 7, one sample).
   */
  @Override
  public ImageLoss loss(Tensor images, TrainingProgress progress) {
    Posterior posterior = posterior(images.add(-ModelImages.CENTER));
    Step step = images.step();
    if (isTraining(step)) {
      return loss(images, posterior, posterior.sample(), progress);
    }
    step.skipDraw();
    Tensor latents = posterior.sample(EVALUATION_SEED, progress.firstExample());
    return loss(images, posterior, latents, progress);
  }

  ImageLoss loss(Tensor images, Posterior posterior, Tensor latents, TrainingProgress progress) {
    Tensor decoded = decoder().forward(latents);
    ModelImages.checkSameShape(this, decoded.shape(), images.shape());
    Tensor kl = posterior.kl();
    boolean training = isTraining(images.step());
    if (training) {
      images.step().onCommit(collapseStatistics(kl, images.size(0)), collapseMonitor::add);
    }
    List<LossTerm> terms = new ArrayList<>();
    if (customLoss().isPresent()) {
      terms.addAll(reconstructionTerms(distribution.forward(decoded), images, progress));
    } else {
      Tensor likelihood = distribution.negativeLogLikelihood(decoded, images);
      terms.add(new LossTerm(ReconstructionLoss.NAME, likelihood.mean(), 1));
    }
    terms.add(new LossTerm(KL, kl.sum(), config.klWeight(progress.step())));
    Tensor reconstruction = training ? distribution.forward(decoded) : pixels(posterior.mean());
    return new ImageLoss(terms, images, reconstruction, List.of(), List.of());
  }

  /**
   * Returns the sums over the examples of the KL divergence of each dimension, and their number.
   */
  private static double[] collapseStatistics(Tensor kl, long examples) {
    double[] means = kl.toDoubles();
    double[] sums = Arrays.copyOf(means, means.length + 1);
    for (int i = 0; i < means.length; i++) {
      sums[i] *= examples;
    }
    sums[means.length] = examples;
    return sums;
  }

  /** Restarts the detection of posterior collapse, so that each run is monitored independently. */
  @Override
  public void initialize(TrainingData<ImageBatch> data, Rng rng) {
    super.initialize(data, rng);
    collapseMonitor = new PosteriorCollapseMonitor();
  }

  /** Returns the variance of the training data and the state of the detection. */
  @Override
  public Map<String, String> trainingState() {
    Map<String, String> state = new LinkedHashMap<>(super.trainingState());
    state.put(COLLAPSE, collapseMonitor.state());
    return state;
  }

  @Override
  public void restoreTrainingState(Map<String, String> state) {
    Map<String, String> others = new LinkedHashMap<>(state);
    String collapse = others.remove(COLLAPSE);
    super.restoreTrainingState(others);
    collapseMonitor = PosteriorCollapseMonitor.of(collapse == null ? "" : collapse);
  }

  /** Returns q(z|x) of centered images. */
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
          "Vae: expected an encoder output "
              + Arrays.toString(expected)
              + ", mean and log variance of latents "
              + config.latent()
              + ", got "
              + Arrays.toString(encoded.shape())
              + ". Set latent(..) to the shape of the encoder's latents: D, or height, width, D for"
              + " a map.");
    }
    ModelImages.checkFinite(this, ModelImages.ENCODER_OUTPUT, encoded);
    return Posterior.of(encoded.slice(-1, 0, d), encoded.slice(-1, d, 2L * d));
  }

  @Override
  protected Tensor latents(Tensor centered) {
    return posterior(centered).mean();
  }

  @Override
  protected Tensor pixels(Tensor latents) {
    return distribution.forward(decoder().forward(latents));
  }

  /**
   * Samples new images: draws z from N(0, I) and decodes it.
   *
   * @param count the number of images, at least 1
   * @param rng the random number generator
   * @return the means of p(x|z)
   * @throws IllegalArgumentException if the count is below 1
   * @throws io.github.vqvae4j.tensor.NonFiniteException if a parameter, a buffer or a pixel is NaN
   *     or infinite
   */
  public Images sample(int count, Rng rng) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Vae.sample: expected a count of at least 1, got " + count + ".");
    }
    int[] shape = new int[config.latent().size() + 1];
    shape[0] = count;
    long size = 1;
    for (int i = 1; i < shape.length; i++) {
      shape[i] = config.latent().get(i - 1);
      size *= shape[i];
    }
    float[] values =
        new float
            [ArrayLengths.of(
                "Vae.sample", count, "latents", size, "values", "sample fewer images")];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rng.nextGaussian();
    }
    return decode(Latents.of(values, shape));
  }

  /**
   * Returns KL(q(z|x) || p(z)) of each latent dimension, averaged over images: how much information
   * each dimension carries.
   *
   * @param images one or more images
   * @return the divergences in nats, in row-major order of the latent shape; near 0 for a dimension
   *     that the decoder ignores
   * @throws IllegalArgumentException if there are no images
   * @throws io.github.vqvae4j.tensor.NonFiniteException if a parameter, a buffer or an encoder
   *     output is NaN or infinite
   */
  public double[] klPerDimension(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    List<double[]> total = new ArrayList<>(); // one array, whose length is that of the first result
    ImageChunks.forEach(
        images,
        this::klSums,
        sums -> {
          if (total.isEmpty()) {
            total.add(new double[sums.length]);
          }
          for (int i = 0; i < sums.length; i++) {
            total.get(0)[i] += sums[i];
          }
        });
    return Arrays.stream(total.get(0)).map(sum -> sum / images.size()).toArray();
  }

  /** Returns the KL divergence of each latent dimension, summed over a chunk of images. */
  private double[] klSums(ImageChunks.Chunk chunk) {
    try (Step step = Step.inference()) {
      Tensor means = posterior(chunk.in(step).add(-ModelImages.CENTER)).kl();
      return Arrays.stream(means.toDoubles()).map(mean -> mean * chunk.count()).toArray();
    }
  }

  /**
   * Estimates log p(x) with the importance-weighted lower bound (Burda, Grosse and Salakhutdinov
   * 2016, equation 8):
   *
   * <pre>
   * log 1/k sum_i p(x|z_i) p(z_i) / q(z_i|x),  z_i from q(z|x)
   * </pre>
   *
   * <p>For k = 1, its expectation is the evidence lower bound; it increases with k toward log p(x).
   * Sums and logarithms over samples are computed in double precision.
   *
   * @param images one or more images
   * @param samples k, at least 1; each sample requires one pass through the decoder
   * @param rng the random number generator of the samples
   * @return log p(x) of each image, in nats; for a Gaussian likelihood this is the log of a density
   *     and may be positive
   * @throws IllegalArgumentException if there are no images or no samples
   */
  public double[] logLikelihood(Dataset images, int samples, Rng rng) {
    return ImportanceSampling.logLikelihood(this, images, samples, rng);
  }

  /** Returns -log p(x|z) of each image, [b]. */
  Tensor negativeLogLikelihood(Tensor latents, Tensor images) {
    return distribution.negativeLogLikelihood(decoder().forward(latents), images);
  }
}
