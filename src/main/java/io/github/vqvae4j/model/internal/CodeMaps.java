package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Encodes and decodes images of any size with a model of one or more code maps: several small
 * images at once, and large images in tiles.
 */
public final class CodeMaps {
  private final ImageModel model;
  private final CodePasses passes;
  private final Supplier<Factors> measure;
  private final Tiling tiling;

  /** Null until the first call. */
  private volatile Factors factors;

  /**
   * Creates the code maps of a model.
   *
   * @param passes the passes on images and codes
   * @param factors returns the factors of the model; called when they are first needed
   */
  public CodeMaps(ImageModel model, CodePasses passes, Supplier<Factors> factors) {
    this.model = model;
    this.passes = passes;
    measure = factors;
    tiling = new Tiling(model, passes);
  }

  private Factors factors() {
    if (factors == null) {
      factors = measure.get();
    }
    return factors;
  }

  private TiledPasses tiled() {
    return new TiledPasses(model, factors(), tiling);
  }

  private boolean isTiled(Dataset images) {
    return tiling.isTiled(
        factors().paddedHeight(images.height()), factors().paddedWidth(images.width()), factors());
  }

  /**
   * Runs work on images. If memory is insufficient, the exception states the memory that one image
   * requires, and why it is not processed in tiles.
   *
   * @param caller the name of the method for messages
   * @param images the images
   * @param work the work
   * @param <T> the type of its result
   * @return its result
   */
  public <T> T guard(String caller, Dataset images, Supplier<T> work) {
    try {
      return PassMemory.guard(model, caller, images, work);
    } catch (InsufficientMemoryException e) {
      throw explain(e);
    }
  }

  /** Returns an exception that also states why images are not processed in tiles. */
  public InsufficientMemoryException explain(InsufficientMemoryException failure) {
    Factors known = factors;
    return failure.isOnHeap() || known == null || known.obstacle().isEmpty()
        ? failure
        : failure.withAdditionalAdvice(
            "The model does not process large images in tiles, because " + known.obstacle() + ".");
  }

  /**
   * The codes of some images.
   *
   * @param from the index of the first image
   * @param codes the codes of each map, the smallest map first
   */
  public record Part(int from, List<Codes> codes) {
    /** Returns the number of images. */
    public int count() {
      return codes.get(0).count();
    }
  }

  /**
   * Encodes a dataset from an image on.
   *
   * @param first the index of the image; chunks are the same as if all images were encoded, so that
   *     the first part may have images before this one
   * @param results receives the codes in order
   */
  public void encode(int first, Dataset images, Consumer<Part> results) {
    if (!isTiled(images)) {
      ImageChunks.forEachFrom(
          first, images, chunk -> new Part(chunk.from(), encode(chunk)), results);
      return;
    }
    TiledPasses tiled = tiled();
    for (int i = first; i < images.size(); i++) {
      results.accept(new Part(i, tiled.encode(images, i, passes)));
    }
  }

  private List<Codes> encode(ImageChunks.Chunk chunk) {
    ImageChunks.Chunk padded = factors().pad(chunk);
    try (Step step = Step.inference()) {
      return passes.encode(padded.in(step)).stream()
          .map(codes -> chunk.sized(padded, codes))
          .toList();
    }
  }

  /**
   * Decodes codes.
   *
   * @param codes the codes of each map
   * @param pixelsPerImage the size of a decoded image
   * @param pass the pass on some of the codes, or on a tile
   * @return the images without labels, cut to their size before they were padded
   */
  public Images decode(
      List<Codes> codes, long pixelsPerImage, BiFunction<List<Codes>, Step, Tensor> pass) {
    int[] cells = codes.get(0).shape();
    int height = cells[1] * factors().rows();
    int width = cells[2] * factors().columns();
    if (!tiling.isTiled(height, width, factors())) {
      return decodeChunks(codes, pixelsPerImage, pass);
    }
    int[] full = {height, width};
    int[] size = codes.get(codes.size() - 1).imageSize().orElse(full);
    ModelImages.checkImageSize(model, codes.get(codes.size() - 1), full);
    TiledPasses tiled = tiled();
    return Images.from(
        new TiledImages(
            cells[0],
            size[0],
            size[1],
            factors().channels(),
            (i, target, offset) ->
                tiled.decode(range(codes, i, i + 1), pass, target, offset, size[0], size[1])));
  }

  private static List<Codes> range(List<Codes> codes, int from, int to) {
    return codes.stream().map(map -> map.range(from, to)).toList();
  }

  private Images decodeChunks(
      List<Codes> codes, long pixelsPerImage, BiFunction<List<Codes>, Step, Tensor> pass) {
    List<Images> results = new ArrayList<>();
    ImageChunks.forEach(
        codes.get(0).count(),
        pixelsPerImage,
        (from, to) -> range(codes, from, to),
        chunk -> decodeChunk(chunk, pass),
        results::add);
    return Images.concat(results.toArray(Images[]::new));
  }

  private Images decodeChunk(List<Codes> codes, BiFunction<List<Codes>, Step, Tensor> pass) {
    try (Step step = Step.inference()) {
      return ModelImages.images(model, pass.apply(codes, step), codes.get(codes.size() - 1));
    }
  }

  /**
   * Encodes and decodes images.
   *
   * @return the reconstructions, with the labels of the images
   */
  public Images reconstruct(Dataset images) {
    if (isTiled(images)) {
      return ModelImages.checkSameShape(model, reconstructTiled(images), images);
    }
    List<Images> results = new ArrayList<>();
    ImageChunks.forEach(images, chunk -> decodeChunk(encode(chunk), passes::decode), results::add);
    return ModelImages.checkSameShape(model, Images.concat(results.toArray(Images[]::new)), images);
  }

  private Images reconstructTiled(Dataset images) {
    TiledPasses tiled = tiled();
    return Images.from(
        new TiledImages(
            images.size(),
            images.height(),
            images.width(),
            factors().channels(),
            (i, target, offset) ->
                tiled.decode(
                    tiled.encode(images, i, passes),
                    passes::decode,
                    target,
                    offset,
                    images.height(),
                    images.width())));
  }

  /** Computes one image. */
  @FunctionalInterface
  private interface Writer {
    void write(int index, float[] target, int offset);
  }

  /** Images that are computed when they are copied, so that there is one copy of their pixels. */
  private record TiledImages(int size, int height, int width, int channels, Writer writer)
      implements Dataset {
    @Override
    public void image(int index, float[] target, int offset) {
      writer.write(index, target, offset);
    }

    @Override
    public int label(int index) {
      return -1;
    }

    @Override
    public boolean isThreadSafe() {
      return true;
    }
  }
}
