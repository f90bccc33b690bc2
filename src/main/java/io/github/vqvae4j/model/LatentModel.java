package io.github.vqvae4j.model;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.internal.ImageChunks;
import io.github.vqvae4j.model.internal.ModelImages;
import io.github.vqvae4j.model.internal.PassMemory;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The base class of models with continuous latents between an encoder and a decoder.
 *
 * <p>{@link #encode}, {@link #decode}, {@link #reconstruct} and {@link #interpolate} are
 * deterministic. They may be called from any number of threads, but not while the model is being
 * trained.
 */
public abstract class LatentModel extends ImageModel {
  private final Encoder encoder;
  private final Decoder decoder;

  /**
   * Constructor for subclasses.
   *
   * @param encoder the encoder, a part of the model
   * @param decoder the decoder, a part of the model
   */
  protected LatentModel(Encoder encoder, Decoder decoder) {
    this.encoder = child("encoder", encoder);
    this.decoder = child("decoder", decoder);
  }

  /**
   * Returns the encoder.
   *
   * @return a layer from images, centered at 0, to latents or their distribution
   */
  public final Encoder encoder() {
    return encoder;
  }

  /**
   * Returns the decoder.
   *
   * @return a layer from latents to images or their distribution
   */
  public final Decoder decoder() {
    return decoder;
  }

  /**
   * Returns the settings of the model other than those of its encoder and decoder.
   *
   * @return the settings that the model was built with
   */
  public abstract Record config();

  @Override
  public final Map<String, Optional<?>> settings() {
    Map<String, Optional<?>> settings = new LinkedHashMap<>();
    settings.put("model", Optional.of(config()));
    settings.put("encoder", encoder.config());
    settings.put("decoder", decoder.config());
    return settings;
  }

  /**
   * Returns the latents of images.
   *
   * @param centered the images, [b, h, w, channels], centered at 0
   * @return the latents, [b, .., D]
   */
  protected abstract Tensor latents(Tensor centered);

  /**
   * Returns the images that latents decode to.
   *
   * @param latents [b, .., D]
   * @return [b, h, w, channels], in [0, 1]
   */
  protected abstract Tensor pixels(Tensor latents);

  @Override
  protected Tensor compute(Tensor images) {
    return pixels(latents(images.add(-ModelImages.CENTER)));
  }

  /**
   * Encodes images.
   *
   * @param images images of the size and channels that the encoder expects, in [0, 1]
   * @return the latents, [images, .., D]
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public final Latents encode(Dataset images) {
    String caller = getClass().getSimpleName() + ".encode";
    return PassMemory.guard(this, caller, images, () -> encodeInChunks(images));
  }

  private Latents encodeInChunks(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    LatentsBuilder all = new LatentsBuilder(images.size());
    ImageChunks.forEach(images, this::encodeChunk, all::add);
    return all.build();
  }

  private Latents encodeChunk(ImageChunks.Chunk chunk) {
    try (Step step = Step.inference()) {
      Tensor latents = latents(chunk.in(step).add(-ModelImages.CENTER));
      return Latents.wrap(latents.toFloats(), intShape(latents));
    }
  }

  /** Collects the latents of the chunks of a dataset. */
  private final class LatentsBuilder {
    private final int count;
    private float[] values;
    private int length;
    private int[] shape;

    LatentsBuilder(int count) {
      this.count = count;
    }

    void add(Latents chunk) {
      float[] added = chunk.values();
      if (values == null) {
        shape = chunk.shape();
        String caller = LatentModel.this.getClass().getSimpleName() + ".encode";
        int size = added.length / chunk.count();
        values = new float[ArrayLengths.ofImages(caller, count, size, "values")];
      }
      System.arraycopy(added, 0, values, length, added.length);
      length += added.length;
    }

    Latents build() {
      shape[0] = count;
      return Latents.wrap(values, shape);
    }
  }

  private static int[] intShape(Tensor tensor) {
    long[] shape = tensor.shape();
    int[] ints = new int[shape.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) shape[i];
    }
    return ints;
  }

  /**
   * Decodes latents.
   *
   * @param latents latents of this model, [count, .., D]
   * @return the images; pixels may be slightly outside [0, 1]
   * @throws IllegalArgumentException if the decoder does not accept latents of that shape
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public final Images decode(Latents latents) {
    int[] shape = latents.shape();
    try {
      return MemoryGuard.run(
          getClass().getSimpleName() + ".decode of " + latents,
          ArrayLengths.size(shape, Float.BYTES),
          () -> decodeInChunks(latents));
    } catch (InsufficientMemoryException e) {
      boolean isMap = shape.length == 4;
      throw isMap ? PassMemory.ofMap(decoder, shape[1], shape[2], shape[3]).explain(e) : e;
    }
  }

  private Images decodeInChunks(Latents latents) {
    checkWeights();
    List<Images> results = new ArrayList<>();
    // The size of the images is known after the first one.
    Images first = ThreadPool.call(() -> decodeChunk(latents.range(0, 1)));
    results.add(first);
    ImageChunks.forEach(
        latents.count() - 1,
        (long) first.height() * first.width(),
        (from, to) -> latents.range(from + 1, to + 1),
        this::decodeChunk,
        results::add);
    return Images.concat(results.toArray(Images[]::new));
  }

  private Images decodeChunk(Latents latents) {
    try (Step step = Step.inference()) {
      return ModelImages.images(this, pixels(tensor(step, latents)));
    }
  }

  static Tensor tensor(Step step, Latents latents) {
    int[] shape = latents.shape();
    long[] longs = new long[shape.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = shape[i];
    }
    return step.tensor(latents.values(), longs);
  }

  /** Encodes and decodes images: {@code decode(encode(images))}. */
  @Override
  public final Images reconstruct(Dataset images) {
    return ModelImages.checkSameShape(this, decode(encode(images)), images);
  }

  /**
   * Interpolates linearly between the latents of two images and decodes the result.
   *
   * @param from the first image
   * @param to the second image
   * @param count the number of images to return, at least 2; the first and the last are
   *     reconstructions of the given images
   * @return the images
   * @throws IllegalArgumentException if {@code from} or {@code to} is not a single image, or the
   *     count is below 2
   */
  public final Images interpolate(Dataset from, Dataset to, int count) {
    return decode(Latents.interpolate(encode(from), encode(to), count));
  }
}
