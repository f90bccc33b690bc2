package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.ModelRegistry;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.CodeFiles;
import io.github.vqvae4j.model.internal.CodeMaps;
import io.github.vqvae4j.model.internal.CodePasses;
import io.github.vqvae4j.model.internal.Factors;
import io.github.vqvae4j.model.internal.ModelFile;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesWriter;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;

/**
 * A vector-quantized variational autoencoder (VQ-VAE; van den Oord, Vinyals and Kavukcuoglu 2017):
 * an encoder, a quantizer and a decoder.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(1).hidden(128).downsample(2))
 *     .quantizer(VectorQuantizer.ema(512, 64))
 *     .decoder(ConvDecoder.channels(1).hidden(128).upsample(2))
 *     .seed(42)
 *     .build();
 * Trainer.of(model).optimizer(Adam.rate(1e-3)).batch(64).steps(5_000).fit(digits.train());
 * Codes codes = model.encode(digits.test());
 * Images reconstructions = model.decode(codes);
 * model.save(Path.of("digits.safetensors"));
 * }</pre>
 *
 * <p>Pixels are in [0, 1]. {@link #encode(Dataset)}, {@link #decode(Codes)} and {@link
 * #reconstruct} may be called from any number of threads, but not while the model is being trained.
 * Within a step, {@link #encode(Tensor)} and {@link #decode(Tensor)} form one graph from images to
 * codes to images, which can be traced as a whole; no gradient passes through the integer codes.
 * {@link #run} has the straight-through gradient. As a layer, the model maps images to
 * reconstructions.
 */
public final class VqVae extends ImageModel {
  private static final Logger LOG = Log.of(VqVae.class);

  private final Encoder encoder;
  private final Quantizer quantizer;
  private final Decoder decoder;

  private final CodeMaps maps;

  VqVae(Encoder encoder, Quantizer quantizer, Decoder decoder) {
    this.encoder = child("encoder", encoder);
    this.quantizer = child("quantizer", quantizer);
    this.decoder = child("decoder", decoder);
    maps =
        new CodeMaps(this, new Passes(), () -> Factors.of(encoder, decoder, quantizer.dimension()));
    markBuilt();
  }

  /**
   * Returns a new builder.
   *
   * @return a builder with no encoder, quantizer or decoder set
   */
  public static VqVaeBuilder builder() {
    return new VqVaeBuilder();
  }

  /**
   * Loads a model whose encoder, decoder and quantizer are those of the library or {@linkplain
   * ModelRegistry registered}.
   *
   * @param file a file written by {@link #save}
   * @return a new model
   * @throws IOException if the file does not exist, is corrupt, or is not a file of a VQ-VAE; the
   *     message names the problem and its location
   */
  public static VqVae load(Path file) throws IOException {
    return ModelFile.load(file, VqVae.class);
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
   * Returns the encoder.
   *
   * @return a layer from images, centered at 0, to latent vectors
   */
  public Encoder encoder() {
    return encoder;
  }

  /**
   * Returns the quantizer.
   *
   * @return a layer from latents to quantized latents of the same shape
   */
  public Quantizer quantizer() {
    return quantizer;
  }

  /**
   * Returns the decoder.
   *
   * @return a layer from quantized latent vectors to images, centered at 0
   */
  public Decoder decoder() {
    return decoder;
  }

  /**
   * Runs the whole model in a step, for training or for custom losses.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @return the reconstruction, the codes and the loss terms of the quantizer
   * @throws NonFiniteException if a value of the encoder output is NaN or infinite
   */
  public VqVaeOutput run(Tensor images) {
    Tensor centered = images.add(-ModelImages.CENTER);
    Quantized quantized = quantizer.quantize(encodeCentered(centered));
    Tensor reconstruction = decoder.forward(quantized.quantized());
    ModelImages.checkSameShape(this, reconstruction.shape(), images.shape());
    return new VqVaeOutput(centered, reconstruction, quantized);
  }

  /**
   * Returns the encoder output, the input of the quantizer.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @return z_e, [b, h/r, w/r, D], where r is the downsampling factor of the encoder
   * @throws NonFiniteException if a value is NaN or infinite
   */
  public Tensor encoderOutput(Tensor images) {
    return encodeCentered(images.add(-ModelImages.CENTER));
  }

  private Tensor encodeCentered(Tensor centered) {
    Tensor latents = encoder.forward(centered);
    if (latents.size(-1) != quantizer.dimension()) {
      throw new IllegalArgumentException(
          "VqVae: expected an encoder output [.., "
              + quantizer.dimension()
              + "], the dimension of the quantizer, got "
              + Arrays.toString(latents.shape())
              + ". Build encoder and quantizer with the same dimension.");
    }
    return ModelImages.checkFinite(this, ModelImages.ENCODER_OUTPUT, latents);
  }

  @Override
  protected boolean isInitialized() {
    return quantizer.initializationLatents() == 0;
  }

  /**
   * Computes the loss of a VQ-VAE (van den Oord et al. 2017, equation 3):
   *
   * <pre>
   * L = mean((x - x')^2) / variance + alpha codebook + beta commitment
   * codebook   = mean((sg[z_e] - e)^2), absent with EMA updates
   * commitment = mean((z_e - sg[e])^2)
   * </pre>
   */
  @Override
  public ImageLoss loss(Tensor images, TrainingProgress progress) {
    VqVaeOutput output = run(images);
    Quantized quantized = output.quantized();
    List<LossTerm> terms =
        new ArrayList<>(reconstructionTerms(output.reconstruction(), output.target(), progress));
    terms.addAll(quantized.terms());
    return new ImageLoss(
        terms,
        output.target(),
        output.reconstruction(),
        List.of(),
        CodebookUsage.list(quantizer.codebooks().names(), quantized.usage()));
  }

  /**
   * Initializes the codebook from the encoder output for the first batches, if the quantizer needs
   * it.
   *
   * @throws IllegalStateException if the quantizer is frozen and its codebook has not been
   *     initialized
   * @throws NonFiniteException if an encoder output is NaN or infinite
   */
  @Override
  public void initialize(TrainingData<ImageBatch> data, Rng rng) {
    super.initialize(data, rng);
    quantizer.initialize(
        data.firstBatches((step, images) -> encoderOutput(images.in(step)).toFloats()), rng);
  }

  @Override
  protected Tensor compute(Tensor images) {
    return run(images).reconstruction().add(ModelImages.CENTER);
  }

  /**
   * Encodes images in a step.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @return codes of type INT, [b, h/r, w/r], or [b, h/r, w/r, codebooks] if the quantizer has
   *     several codebooks
   * @throws NonFiniteException if a value of the encoder output is NaN or infinite
   */
  public Tensor encode(Tensor images) {
    return quantizer.encode(encoderOutput(images));
  }

  /**
   * Decodes codes in a step.
   *
   * @param codes codes of type INT, [b, h/r, w/r], or [b, h/r, w/r, codebooks] if the quantizer has
   *     several codebooks
   * @return [b, h, w, channels]; pixels may be slightly outside [0, 1]
   * @throws IllegalArgumentException as for {@link Quantizer#lookup}
   */
  public Tensor decode(Tensor codes) {
    return decoded(quantizer.lookup(codes));
  }

  private Tensor decoded(Tensor quantized) {
    return decoder.forward(quantized).add(ModelImages.CENTER);
  }

  /**
   * Encodes images.
   *
   * <p>Sides that are not multiples of the downsampling factors are padded at the bottom and at the
   * right with the last row and column. The codes then have the {@linkplain Codes#imageSize size of
   * the images}, to which {@link #decode(Codes)} cuts them.
   *
   * <p>An image is processed in tiles if a pass on the whole of it would take more than 256 MB. The
   * codes are those of the whole image, also with group normalizations, each of which takes another
   * pass over the layers up to it; unless codes depend on rounding, or another layer of the encoder
   * looks further than 512 pixels, such as attention, or rejects the inputs with which this is
   * measured, such as a map of positions that is smaller. The latents of tiles are then blended
   * linearly over 128 pixels before they are quantized, and a warning says why. So does one for
   * encoders that reject small images, of which large ones are not processed in tiles.
   *
   * @param images images of the size and channels that the encoder expects, in [0, 1]
   * @return codes [count, h/r, w/r], rounded up, with the labels of the images and the {@linkplain
   *     #weightHash() hash} of this model; for a single codebook, each code is from 0 to K - 1
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public Codes encode(Dataset images) {
    return maps.guard("VqVae.encode", images, () -> encodeAll(images));
  }

  /**
   * Encodes images to a code file, in memory that does not depend on their number. Progress is
   * logged every 5 seconds.
   *
   * <p>The codes are written to {@code FILE.partial} first ({@link CodesWriter}). If the process
   * ends before the file is complete, the same call continues after the last whole block, and the
   * file has the same bytes as without the interruption. The images must be the same, in the same
   * order. Whether there are enough of them, and whether the last one before the interruption has
   * the same codes, is checked; other changes are not noticed.
   *
   * <p>A finished file of the same images is written again from the first image on, without what
   * {@code FILE.partial} has from an interrupted call, and one of a model with other weights is
   * replaced, which is logged. One of this model and other images is not replaced: the number of
   * images and all codes that this call encodes are compared. Neither is one whose codes have no
   * model hash.
   *
   * <pre>{@code
   * model.encode(images, Path.of("images.codes"));
   * try (CodesSource codes = CodesSource.open(Path.of("images.codes"))) {
   *   Trainer.of(prior).batch(64).epochs(20).fit(codes);
   * }
   * }</pre>
   *
   * @param images one or more images of the size and channels that the encoder expects, in [0, 1];
   *     each is read once, in order
   * @param file the code file, in an existing folder, or a symbolic link to it; an existing file is
   *     replaced once the new one is complete
   * @throws IllegalArgumentException if {@code FILE.partial} was written by a model with other
   *     weights or from other images, or the file by this model from other images, or by an unknown
   *     model; neither is changed, but {@code FILE.partial} may have been continued up to the first
   *     image that differs
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set, and
   *     the same call continues
   * @throws BadFileException if {@code FILE.partial} or the existing file is not a code file, or a
   *     damaged one
   * @throws IOException if a file cannot be read or written
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public void encode(Dataset images, Path file) throws IOException {
    CodeFiles.write(this, "VqVae.encode", images, List.of(file), maps);
  }

  private Codes encodeAll(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    List<Codes> results = new ArrayList<>();
    maps.encode(
        0,
        images,
        part -> {
          Codes codes = part.codes().get(0);
          int codesPerImage = codes.values().length / codes.count();
          ArrayLengths.ofImages("VqVae.encode", images.size(), codesPerImage, "codes");
          results.add(codes);
        });
    return Codes.concat(results.toArray(Codes[]::new))
        .withLabels(ModelImages.labels(images))
        .withModelHash(weightHash());
  }

  /** The passes on whole images and on tiles. */
  private final class Passes implements CodePasses {
    @Override
    public List<Tensor> unquantizedLatents(Tensor images) {
      return List.of(encoderOutput(images));
    }

    @Override
    public Tensor pixels(List<Tensor> vectors) {
      return decoded(vectors.get(0));
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
      return quantizer.codebooks();
    }

    @Override
    public Tensor vectors(int map, Codes codes, Step step) {
      return quantizer.lookup(codes, step);
    }

    @Override
    public Tensor latents(Tensor images, List<Codes> above) {
      return encoderOutput(images);
    }

    @Override
    public Codes quantize(int map, Tensor latents) {
      return Codes.of(quantizer.encode(latents), quantizer.codebooks());
    }

    @Override
    public List<Codes> encode(Tensor images) {
      return List.of(quantize(0, encoderOutput(images)));
    }

    @Override
    public Tensor decode(List<Codes> codes, Step step) {
      return decoded(quantizer.lookup(codes.get(0), step));
    }
  }

  /**
   * Decodes codes. Large images are decoded in tiles, as they are encoded. If a layer of the
   * decoder other than a group normalization looks further than 512 pixels, tiles are blended
   * linearly over 128 pixels where they overlap, which adds steps of at most 1/128 between tiles of
   * pixels in [0, 1].
   *
   * @param codes codes [count, h/r, w/r], from {@link #encode(Dataset)} or sampled from a prior
   *     over the codes
   * @return the images, with the labels of the codes, cut to their {@linkplain Codes#imageSize
   *     image size}; pixels may be slightly outside [0, 1]
   * @throws IllegalArgumentException if the codes refer to different codebooks or were encoded with
   *     different weights, or if a code is missing and the quantizer does not support missing codes
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public Images decode(Codes codes) {
    int[] shape = codes.shape();
    if (!codes.codebooks().equals(quantizer.codebooks()) || shape.length != 3) {
      throw new IllegalArgumentException(
          "VqVae.decode: expected codes [count, height, width] of "
              + quantizer.codebooks()
              + ", got "
              + codes
              + ". Decode them with the model that encoded them.");
    }
    if (!quantizer.supportsMissingCodes()) {
      codes.requireComplete("VqVae.decode");
    }
    try {
      return MemoryGuard.run(
          "VqVae.decode of " + codes,
          ArrayLengths.size(shape, Float.BYTES * decoder.pixelsPerVector()),
          () -> decodeAll(codes));
    } catch (InsufficientMemoryException e) {
      throw maps.explain(
          PassMemory.ofMap(decoder, shape[1], shape[2], quantizer.dimension()).explain(e));
    }
  }

  private Images decodeAll(Codes codes) {
    checkWeights();
    checkModelHash(codes);
    int[] shape = codes.shape();
    long pixels = (long) shape[1] * shape[2] * decoder.pixelsPerVector();
    Images images = maps.decode(List.of(codes), pixels, new Passes()::decode);
    return codes.labels().map(images::withLabels).orElse(images);
  }

  /**
   * Encodes and decodes images: {@code decode(encode(images))}, of any size.
   *
   * @param images images of the size and channels that the encoder expects, in [0, 1]
   * @return the reconstructions, with the labels of the images
   * @throws IllegalArgumentException if encoder and decoder do not match
   * @throws NonFiniteException if the model has diverged: a parameter, a buffer, a value of the
   *     encoder output or a pixel is NaN or infinite
   * @throws InsufficientMemoryException if processing one image or tile needs more memory than is
   *     available, or the heap is too small for the images; the model remains usable for smaller
   *     images
   */
  @Override
  public Images reconstruct(Dataset images) {
    return maps.guard("VqVae.reconstruct", images, () -> reconstructAll(images));
  }

  private Images reconstructAll(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    ArrayLengths.ofImages("VqVae.reconstruct", images.size(), images.imageLength(), "pixels");
    return maps.reconstruct(images);
  }
}
