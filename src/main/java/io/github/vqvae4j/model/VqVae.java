package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vector-quantized variational autoencoder (van den Oord, Vinyals and Kavukcuoglu 2017): an
 * encoder, a quantizer, a decoder.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(1).hidden(128).downsample(2))
 *     .quantizer(VectorQuantizer.ema(512, 64))
 *     .decoder(ConvDecoder.channels(1).hidden(128).upsample(2))
 *     .seed(42)
 *     .build();
 * }</pre>
 *
 * <p>Pixels are numbers in 0..1. {@link #encode(Dataset)}, {@link #decode(Codes)} and {@link
 * #reconstruct} may be called from any number of threads, but not while the model trains. In a step
 * {@link #encode(Tensor)} and {@link #decode(Tensor)} are one graph, from image to codes to image.
 * As a layer it maps images to reconstructions.
 */
public final class VqVae extends ImageModel {
  private static final Logger LOG = LoggerFactory.getLogger(VqVae.class);

  private final Encoder encoder;
  private final Quantizer quantizer;
  private final Decoder decoder;

  VqVae(Encoder encoder, Quantizer quantizer, Decoder decoder) {
    this.encoder = child("encoder", encoder);
    this.quantizer = child("quantizer", quantizer);
    this.decoder = child("decoder", decoder);
    built();
  }

  /**
   * Starts to describe a model.
   *
   * @return a builder without encoder, quantizer and decoder
   */
  public static VqVaeBuilder builder() {
    return new VqVaeBuilder();
  }

  /**
   * Reads a model that was built from the library's own parts.
   *
   * @param file written by {@link #save}
   * @return a new model
   * @throws IOException if there is no such file, or it is damaged or not such a model; the message
   *     says what is wrong and where
   */
  public static VqVae load(Path file) throws IOException {
    return VqVaeFile.load(file);
  }

  /**
   * Reads parameters and buffers into a model: the way to load one with layers of one's own.
   *
   * @param file written by {@link #save}
   * @param into a model built like the one that was saved; on an error it is as it was
   * @return that model
   * @throws IOException as {@link #load(Path)}, and if names or shapes differ
   */
  public static VqVae load(Path file, VqVae into) throws IOException {
    return VqVaeFile.load(file, into);
  }

  /**
   * Writes the model to a file, from which {@link #load} makes it again.
   *
   * @param file safetensors; an existing one is replaced once the new one is complete
   * @throws IOException if it cannot be written
   */
  @Override
  public void save(Path file) throws IOException {
    VqVaeFile.save(this, file);
  }

  @Override
  public Map<String, Optional<?>> settings() {
    Map<String, Optional<?>> settings = new LinkedHashMap<>();
    settings.put("encoder", encoder.config());
    settings.put("quantizer", quantizer.config());
    settings.put("decoder", decoder.config());
    return settings;
  }

  /**
   * The encoder.
   *
   * @return images to vectors
   */
  public Encoder encoder() {
    return encoder;
  }

  /**
   * The quantizer.
   *
   * @return vectors to codes
   */
  public Quantizer quantizer() {
    return quantizer;
  }

  /**
   * The decoder.
   *
   * @return vectors to images
   */
  public Decoder decoder() {
    return decoder;
  }

  /**
   * Runs the whole model in a step, for training and for losses of one's own.
   *
   * @param images [b, h, w, channels], in 0..1
   * @return reconstruction, codes, loss terms
   * @throws NonFiniteException if a vector of the encoder is NaN or infinite
   */
  public VqVaeOutput run(Tensor images) {
    Tensor centered = images.add(-CENTER);
    Tensor vectors = encoded(centered);
    Quantized quantized = quantizer.quantize(vectors);
    Tensor reconstruction = decoder.forward(quantized.quantized());
    checkSameShape(reconstruction.shape(), images.shape());
    return new VqVaeOutput(centered, reconstruction, quantized);
  }

  /**
   * Images to the vectors that the quantizer gets.
   *
   * @param images [b, h, w, channels], in 0..1
   * @return [b, h/r, w/r, D]
   * @throws NonFiniteException if one is NaN or infinite
   */
  public Tensor vectors(Tensor images) {
    return encoded(images.add(-CENTER));
  }

  private Tensor encoded(Tensor centered) {
    Tensor vectors = encoder.forward(centered);
    if (vectors.size(-1) != quantizer.dimension()) {
      throw new IllegalArgumentException(
          "VqVae: the encoder gave vectors "
              + Arrays.toString(vectors.shape())
              + ", but the quantizer was built for "
              + quantizer.dimension()
              + " numbers a vector. Give both the same dimension.");
    }
    return checkFinite(ENCODED, vectors);
  }

  @Override
  boolean isStarted() {
    return quantizer.initializationVectors() == 0;
  }

  /**
   * The loss of a VQ-VAE (van den Oord et al. 2017, equation 3):
   *
   * <pre>
   * L = mean((x - x')^2) / variance + alpha codebook + beta commitment
   * </pre>
   */
  @Override
  public BatchLoss loss(Tensor images, TrainingProgress progress) {
    VqVaeOutput output = run(images);
    List<LossTerm> terms = new ArrayList<>();
    terms.add(
        new ReconstructionLoss(progress.variance()).term(output.reconstruction(), output.target()));
    terms.addAll(output.quantized().terms());
    return new BatchLoss(
        terms, output.target(), output.reconstruction(), output.quantized().usage());
  }

  @Override
  public int codebookSize() {
    return quantizer.codebookSize();
  }

  /** Shows the quantizer the vectors of the first batches, if it wants to start from some. */
  @Override
  public void initialize(Dataset data, int batch, long seed, Rng rng) {
    int wanted = quantizer.initializationVectors();
    if (wanted == 0) {
      return;
    }
    if (quantizer.isFrozen()) {
      throw new IllegalStateException(
          "VqVae: the quantizer is frozen, but its codebook starts from data and was not started."
              + " Unfreeze it, load a trained model, or call quantizer().initialize(vectors, ..) first.");
    }
    int dimension = quantizer.dimension();
    List<float[]> parts = new ArrayList<>();
    try (Batches batches = Batches.shuffled(data, batch, seed)) {
      long epoch = data.size() / batch;
      for (int each = 0; startTakesMore(parts.size(), epoch, wanted, each, dimension); ) {
        parts.add(vectorsToStartFrom(batches.next()));
        each = parts.get(0).length;
      }
    }
    int each = parts.get(0).length;
    float[] vectors = new float[parts.size() * each];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, vectors, i * each, each);
    }
    LOG.info("Starting the codebook from {} vectors of the data.", vectors.length / dimension);
    quantizer.initialize(vectors, each / dimension, rng);
  }

  private float[] vectorsToStartFrom(Batch batch) {
    try (Step step = Step.inference()) {
      return vectors(images(step, batch)).toFloats();
    } catch (NonFiniteException e) {
      try (Step step = Step.inference()) {
        step.checkEachOperation();
        vectors(images(step, batch));
      } catch (NonFiniteException origin) {
        e.initCause(origin);
      }
      throw e;
    }
  }

  private static Tensor images(Step step, Batch batch) {
    return step.tensor(
        batch.images(), batch.count(), batch.height(), batch.width(), batch.channels());
  }

  /**
   * Whether the codebook's start wants one more batch.
   *
   * @param batches it has; at least one is taken
   * @param epoch how many batches there are
   * @param wanted vectors
   * @param each numbers in a batch's vectors, all of which go into one array
   */
  static boolean startTakesMore(long batches, long epoch, long wanted, long each, int dimension) {
    return batches == 0
        || batches < epoch
            && batches * (each / dimension) < wanted
            && (batches + 1) * each <= Lengths.MOST;
  }

  @Override
  protected Tensor compute(Tensor images) {
    return run(images).reconstruction().add(CENTER);
  }

  /**
   * Images to codes, in a step.
   *
   * @param images [b, h, w, channels], in 0..1
   * @return in INT, [b, h/r, w/r], or [b, h/r, w/r, codebooks] if the quantizer has several
   * @throws NonFiniteException if a vector of the encoder is NaN or infinite
   */
  public Tensor encode(Tensor images) {
    return quantizer.encode(vectors(images));
  }

  /**
   * Codes to images, in a step.
   *
   * @param codes in INT, [b, h/r, w/r], or [b, h/r, w/r, codebooks] if the quantizer has several
   * @return [b, h, w, channels]; pixels may lie a little outside 0..1
   * @throws IllegalArgumentException as {@link Quantizer#lookup}
   */
  public Tensor decode(Tensor codes) {
    return decoded(quantizer.lookup(codes));
  }

  private Tensor decoded(Tensor quantized) {
    return decoder.forward(quantized).add(CENTER);
  }

  /**
   * Images to codes.
   *
   * @param images of the size and channels that the encoder takes, in 0..1
   * @return [images, h/r, w/r], each from 0 to K - 1, with the images' labels
   * @throws NonFiniteException as {@link #reconstruct}
   * @throws InsufficientMemoryException as {@link #reconstruct}
   */
  public Codes encode(Dataset images) {
    return withinMemory("VqVae.encode", images, () -> encodeInParts(images));
  }

  private Codes encodeInParts(Dataset images) {
    checkSome(images);
    checkWeights();
    int part = part((long) images.height() * images.width());
    Codes[] results = new Codes[Lengths.parts(images.size(), part)];
    for (int i = 0; i < results.length; i++) {
      int from = i * part;
      int to = Lengths.end(from, part, images.size());
      try (Step step = Step.inference()) {
        results[i] = Codes.of(encode(pixels(step, images, from, to)), quantizer.codebooks());
      }
      if (i == 0) {
        int each = results[0].values().length / results[0].count();
        Lengths.ofImages("VqVae.encode", images.size(), each, "codes");
      }
    }
    return Codes.concat(results).withLabels(labels(images));
  }

  /**
   * Codes to images.
   *
   * @param codes [count, h/r, w/r], made by this model or drawn from a prior over its codes
   * @return the images; pixels may lie a little outside 0..1
   * @throws IllegalArgumentException if they are codes of other codebooks, or one is missing and
   *     the quantizer needs it
   * @throws NonFiniteException as {@link #reconstruct}
   * @throws InsufficientMemoryException as {@link #reconstruct}
   */
  public Images decode(Codes codes) {
    int[] shape = codes.shape();
    if (!codes.codebooks().equals(quantizer.codebooks()) || shape.length != 3) {
      throw new IllegalArgumentException(
          "VqVae.decode: expected codes [count, height, width] of "
              + quantizer.codebooks()
              + ", got "
              + codes
              + ". Decode them with the model that made them.");
    }
    if (!quantizer.supportsMissingCodes()) {
      codes.requireComplete("VqVae.decode");
    }
    try {
      return MemoryGuard.run(
          "VqVae.decode of " + codes,
          size(shape, Float.BYTES * decoder.pixelsPerVector()),
          () -> decodeInParts(codes));
    } catch (InsufficientMemoryException e) {
      throw PassMemory.ofMap(decoder, shape[1], shape[2], quantizer.dimension()).explain(e);
    }
  }

  private Images decodeInParts(Codes codes) {
    checkWeights();
    int[] shape = codes.shape();
    int part = part((long) shape[1] * shape[2] * decoder.pixelsPerVector());
    Images[] results = new Images[Lengths.parts(codes.count(), part)];
    for (int i = 0; i < results.length; i++) {
      int from = i * part;
      int to = Lengths.end(from, part, codes.count());
      try (Step step = Step.inference()) {
        results[i] = images(decoded(quantizer.lookup(codes.range(from, to), step)));
      }
    }
    return Images.concat(results);
  }

  /**
   * Images to codes and back: {@code decode(encode(images))}.
   *
   * @param images of the size and channels that the encoder takes, in 0..1
   * @return their reconstructions
   * @throws IllegalArgumentException if encoder and decoder do not fit together
   * @throws NonFiniteException if the model has diverged: a parameter, a buffer, a vector of the
   *     encoder or a pixel is NaN or infinite
   * @throws InsufficientMemoryException if the pass of one image, which grows with its area, needs
   *     more memory than there is; smaller images go on as before
   */
  @Override
  public Images reconstruct(Dataset images) {
    return checkSameShape(decode(encode(images)), images);
  }
}
