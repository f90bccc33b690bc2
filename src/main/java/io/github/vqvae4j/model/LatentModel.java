package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
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
 * A model with latents of real numbers between an encoder and a decoder.
 *
 * <p>{@link #encode}, {@link #decode}, {@link #reconstruct} and {@link #interpolate} draw nothing
 * at random, and may be called from any number of threads, but not while the model trains.
 */
public abstract class LatentModel extends ImageModel {
  private final Encoder encoder;
  private final Decoder decoder;

  LatentModel(Encoder encoder, Decoder decoder) {
    this.encoder = child("encoder", encoder);
    this.decoder = child("decoder", decoder);
  }

  /**
   * The encoder.
   *
   * @return images, centred at 0, to what the latents are made of
   */
  public final Encoder encoder() {
    return encoder;
  }

  /**
   * The decoder.
   *
   * @return latents to what the images are made of
   */
  public final Decoder decoder() {
    return decoder;
  }

  /**
   * The settings beside those of the parts.
   *
   * @return what it was built with
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

  /** The latents of centred images. */
  abstract Tensor latents(Tensor centered);

  /** The images, with pixels in 0..1, that latents stand for. */
  abstract Tensor pixels(Tensor latents);

  @Override
  protected Tensor compute(Tensor images) {
    return pixels(latents(images.add(-CENTER)));
  }

  /**
   * Images to latents.
   *
   * @param images of the size and channels that the encoder takes, in 0..1
   * @return [images, .., D]
   * @throws NonFiniteException as {@link #reconstruct}
   * @throws InsufficientMemoryException as {@link #reconstruct}
   */
  public final Latents encode(Dataset images) {
    String who = getClass().getSimpleName() + ".encode";
    return withinMemory(who, images, () -> encodeInParts(images));
  }

  private Latents encodeInParts(Dataset images) {
    checkSome(images);
    checkWeights();
    int part = part((long) images.height() * images.width());
    float[] values = null;
    int[] shape = null;
    for (int from = 0, to; from < images.size(); from = to) {
      to = Lengths.end(from, part, images.size());
      try (Step step = Step.inference()) {
        Tensor some = latents(pixels(step, images, from, to).add(-CENTER));
        int each = Math.toIntExact(some.length() / (to - from));
        if (values == null) {
          shape = intShape(some);
          String who = getClass().getSimpleName() + ".encode";
          values = new float[Lengths.ofImages(who, images.size(), each, "numbers")];
        }
        some.read(0, values, from * each, (to - from) * each);
      }
    }
    shape[0] = images.size();
    return Latents.taking(values, shape);
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
   * Latents to images.
   *
   * @param latents of this model, [count, .., D]
   * @return the images; pixels may lie a little outside 0..1
   * @throws IllegalArgumentException if the decoder does not take latents of that shape
   * @throws NonFiniteException as {@link #reconstruct}
   * @throws InsufficientMemoryException as {@link #reconstruct}
   */
  public final Images decode(Latents latents) {
    int[] shape = latents.shape();
    try {
      return MemoryGuard.run(
          getClass().getSimpleName() + ".decode of " + latents,
          size(shape, Float.BYTES),
          () -> decodeInParts(latents));
    } catch (InsufficientMemoryException e) {
      boolean map = shape.length == 4;
      throw map ? PassMemory.ofMap(decoder, shape[1], shape[2], shape[3]).explain(e) : e;
    }
  }

  private Images decodeInParts(Latents latents) {
    checkWeights();
    List<Images> results = new ArrayList<>();
    int part = 1; // until it is known how large an image is
    for (int from = 0; from < latents.count(); ) {
      int to = Lengths.end(from, part, latents.count());
      try (Step step = Step.inference()) {
        Images some = images(pixels(in(step, latents.range(from, to))));
        results.add(some);
        part = part((long) some.height() * some.width());
      }
      from = to;
    }
    return Images.concat(results.toArray(Images[]::new));
  }

  static Tensor in(Step step, Latents latents) {
    int[] shape = latents.shape();
    long[] longs = new long[shape.length];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = shape[i];
    }
    return step.tensor(latents.values(), longs);
  }

  /** {@code decode(encode(images))}. */
  @Override
  public final Images reconstruct(Dataset images) {
    return checkSameShape(decode(encode(images)), images);
  }

  /**
   * What lies between two images: their latents, and on the straight line between these.
   *
   * @param from one image
   * @param to another
   * @param count how many images, at least 2; the first and the last are the reconstructions
   * @return the images
   * @throws IllegalArgumentException if either is not one image, or the count is below 2
   */
  public final Images interpolate(Dataset from, Dataset to, int count) {
    return decode(Latents.between(encode(from), encode(to), count));
  }
}
