package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A hierarchical VQ-VAE (VQ-VAE-2; Razavi, van den Oord and Vinyals 2019): two or more code maps of
 * different sizes. The small map of the top level carries what an image shows as a whole, the large
 * one of the bottom level its details.
 *
 * <pre>{@code
 * VqVae2 model = VqVae2.channels(3).hidden(64).build();
 * Trainer.of(model).steps(5_000).fit(images);
 * List<Codes> codes = model.encode(images);           // top first: [n, 4, 4] and [n, 8, 8] for 32x32
 * Images reconstructions = model.decode(codes);
 * Images ofTop = model.decode(codes, 1);              // from the top level only
 * }</pre>
 *
 * <p>The features of level l are f_l = encoder_l(f_{l-1}), where f_0 are the images. From the top
 * down, a level quantizes z_l = project_l([d_{l+1}, f_l]) to q_l, where d_{l+1} =
 * decoder_{l+1}(e_{l+1}) is the decoded level above. With e_l = [upsample_{l+1}(e_{l+1}), q_l], the
 * reconstruction is decoder_1(e_1). [a, b] is concatenation along the channels. The top level has
 * neither d nor upsampled latents.
 *
 * <p>Pixels are in [0, 1]. {@code encode}, {@code decode} and {@link #reconstruct} may be called
 * from any number of threads, but not while the model is being trained.
 */
public final class VqVae2 extends ImageModel {
  private final VqVae2Config config;

  /** Bottom first. */
  private final List<VqVae2Level> levels = new ArrayList<>();

  private final CodeMaps maps;

  VqVae2(VqVae2Config config, Rng rng, Supplier<Quantizer> quantizers) {
    this.config = config;
    for (int i = 0; i < config.levels(); i++) {
      levels.add(child(config.name(i), new VqVae2Level(config, i, quantizers.get(), rng)));
    }
    maps = new CodeMaps(this, new Passes(), this::factors);
    markBuilt();
  }

  /**
   * Returns a new builder with default settings.
   *
   * @param channels 1 for grayscale images, 3 for color images
   * @return a builder
   */
  public static VqVae2Builder channels(int channels) {
    return new VqVae2Builder(VqVae2Config.of(channels));
  }

  /**
   * Returns a new builder.
   *
   * @param config the settings of everything but the quantizers
   * @return a builder
   */
  public static VqVae2Builder builder(VqVae2Config config) {
    return new VqVae2Builder(config);
  }

  /**
   * Loads a model.
   *
   * @param file a file written by {@link #save}
   * @return a new model
   * @throws IOException if the file does not exist, is corrupt, or is not a file of a VQ-VAE-2; the
   *     message names the problem and its location
   */
  public static VqVae2 load(Path file) throws IOException {
    return ModelFile.load(file, VqVae2.class);
  }

  @Override
  public Map<String, Optional<?>> settings() {
    Map<String, Optional<?>> settings = new LinkedHashMap<>();
    settings.put("model", Optional.of(config));
    settings.put("quantizer", levels.get(0).quantizer().config());
    return settings;
  }

  /**
   * Returns the settings of everything but the quantizers.
   *
   * @return the settings that the model was built with
   */
  public VqVae2Config config() {
    return config;
  }

  /**
   * Returns the quantizers.
   *
   * @return those of the levels, the top first
   */
  public List<Quantizer> quantizers() {
    List<Quantizer> quantizers = new ArrayList<>();
    for (int i = top(); i >= 0; i--) {
      quantizers.add(levels.get(i).quantizer());
    }
    return quantizers;
  }

  /**
   * Returns the names of the levels, as in loss terms and metrics.
   *
   * @return the names, the top first: {@code top}, {@code bottom}; {@code level2} and so on for
   *     those in between, counted from the bottom
   */
  public List<String> levelNames() {
    return IntStream.rangeClosed(0, top()).mapToObj(i -> config.name(top() - i)).toList();
  }

  private Factors factors() {
    int factor = 1 << config.halvings();
    return new Factors(factor, factor, config.channels());
  }

  private int top() {
    return levels.size() - 1;
  }

  /**
   * What a level is computed from.
   *
   * @param latents the latents to quantize
   * @param above the quantized latents above, joined; null for the top level
   */
  private record Input(Tensor latents, Tensor above) {}

  /**
   * Computes the input of a level from images.
   *
   * @param toVectors returns the quantized latents of a level above
   */
  private Input input(
      int last, Tensor centered, BiFunction<VqVae2Level, Tensor, Tensor> toVectors) {
    List<Tensor> features = new ArrayList<>();
    for (VqVae2Level level : levels) {
      features.add(
          level.features(features.isEmpty() ? centered : features.get(features.size() - 1)));
    }
    Tensor above = null;
    for (int i = top(); ; i--) {
      VqVae2Level level = levels.get(i);
      String what = "the encoder output of the level " + config.name(i);
      Tensor decoded = above == null ? null : levels.get(i + 1).decode(above);
      Tensor latents = ModelImages.checkFinite(this, what, level.latents(features.get(i), decoded));
      if (i == last) {
        return new Input(latents, above);
      }
      above = embed(i, toVectors.apply(level, latents), above);
    }
  }

  /**
   * Joins the quantized latents of a level with those above.
   *
   * @param above the joined ones of the level above; null for the top level
   */
  private Tensor embed(int index, Tensor quantized, Tensor above) {
    Tensor upsampled = above == null ? null : levels.get(index + 1).upsample(above);
    return levels.get(index).embed(quantized, upsampled);
  }

  private Tensor centered(Tensor images) {
    checkSize(images);
    return images.add(-ModelImages.CENTER);
  }

  private void checkSize(Tensor images) {
    long[] shape = images.shape();
    long factor = factors().rows();
    if (shape.length != 4
        || shape[3] != config.channels()
        || shape[1] % factor != 0
        || shape[2] % factor != 0) {
      throw new IllegalArgumentException(
          "VqVae2: expected images [batch, height, width, "
              + config.channels()
              + "] whose sides are multiples of "
              + factor
              + ", since the levels halve them "
              + Counts.of(config.halvings(), "time")
              + ", got "
              + Arrays.toString(shape)
              + ". Crop, resize or pad (padTo) the images, or build the model for them.");
    }
  }

  /**
   * Runs the whole model in a step, for training or for custom losses.
   *
   * @param images [b, h, w, channels], in [0, 1]
   * @return the reconstruction, and the codes and loss terms of each level
   * @throws NonFiniteException if a value of an encoder output is NaN or infinite
   */
  public VqVae2Output run(Tensor images) {
    Tensor centered = centered(images);
    List<Quantized> quantized = new ArrayList<>();
    BiFunction<VqVae2Level, Tensor, Tensor> toVectors =
        (level, latents) -> {
          quantized.add(level.quantizer().quantize(latents));
          return quantized.get(quantized.size() - 1).quantized();
        };
    Input bottom = input(0, centered, toVectors);
    VqVae2Level level = levels.get(0);
    Tensor embedded = embed(0, toVectors.apply(level, bottom.latents), bottom.above);
    return new VqVae2Output(centered, level.decode(embedded), quantized);
  }

  /**
   * Computes the loss:
   *
   * <pre>
   * L = mean((x - x')^2) / variance + sum over the levels of alpha codebook + beta commitment
   * </pre>
   *
   * <p>The terms of a level are those of its quantizer, with the name of the level before theirs,
   * as in {@code top/commitment}.
   */
  @Override
  public ImageLoss loss(Tensor images, TrainingProgress progress) {
    VqVae2Output output = run(images);
    List<LossTerm> terms =
        new ArrayList<>(reconstructionTerms(output.reconstruction(), output.target(), progress));
    List<CodebookUsage> usage = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      Quantized quantized = output.levels().get(i);
      String name = config.name(top() - i);
      for (LossTerm term : quantized.terms()) {
        terms.add(new LossTerm(name + "/" + term.name(), term.value(), term.weight()));
      }
      List<String> codebooks = levels.get(i).quantizer().codebooks().names();
      usage.addAll(
          CodebookUsage.list(
              codebooks.size() == 1
                  ? List.of(name)
                  : codebooks.stream().map(codebook -> name + "/" + codebook).toList(),
              quantized.usage()));
    }
    return new ImageLoss(terms, output.target(), output.reconstruction(), List.of(), usage);
  }

  @Override
  protected boolean isInitialized() {
    return levels.stream().allMatch(level -> level.quantizer().initializationLatents() == 0);
  }

  /**
   * Initializes the codebooks, the top one first, from the latents of the first batches, if the
   * quantizers need it.
   *
   * @throws IllegalStateException if a quantizer is frozen and its codebook has not been
   *     initialized
   * @throws NonFiniteException if an encoder output is NaN or infinite
   */
  @Override
  public void initialize(TrainingData<ImageBatch> data, Rng rng) {
    super.initialize(data, rng);
    for (int i = top(); i >= 0; i--) {
      int index = i;
      levels
          .get(i)
          .quantizer()
          .initialize(
              data.firstBatches(
                  (step, images) ->
                      input(index, centered(images.in(step)), VqVae2::nearest).latents.toFloats()),
              rng);
    }
  }

  /** Returns the vectors of the nearest codes, without loss terms. */
  private static Tensor nearest(VqVae2Level level, Tensor latents) {
    return level.quantizer().lookup(level.quantizer().encode(latents));
  }

  @Override
  protected Tensor compute(Tensor images) {
    return run(images).reconstruction().add(ModelImages.CENTER);
  }

  /**
   * Encodes images.
   *
   * <p>Sides that are not multiples of the downsampling factors are padded at the bottom and at the
   * right with the last row and column. The codes then have the {@linkplain Codes#imageSize size of
   * the images}, to which {@link #decode(List)} cuts them. Large images are processed in tiles, as
   * by {@link VqVae#encode(Dataset)}.
   *
   * @param images images in [0, 1]
   * @return the codes of each level, the top first, with the labels of the images and the
   *     {@linkplain #weightHash() hash} of this model
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public List<Codes> encode(Dataset images) {
    return PassMemory.guard(this, "VqVae2.encode", images, () -> encodeAll(images));
  }

  /**
   * Encodes images to code files, one for each level, as {@link VqVae#encode(Dataset, Path)} does.
   *
   * <pre>{@code
   * levels.encode(images, List.of(Path.of("top.codes"), Path.of("bottom.codes")));
   * }</pre>
   *
   * @param images one or more images in [0, 1]
   * @param files the file of each level, the top first, all different
   * @throws IllegalArgumentException as for {@link VqVae#encode(Dataset, Path)}, and if there is
   *     not one file for each level
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set, and
   *     the same call continues
   * @throws IOException if a file cannot be read or written
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public void encode(Dataset images, List<Path> files) throws IOException {
    long different =
        files.stream().map(file -> file.toAbsolutePath().normalize()).distinct().count();
    if (files.size() != levels.size() || different < files.size()) {
      throw new IllegalArgumentException(
          "VqVae2.encode: expected "
              + levels.size()
              + " different files, one for each level, the top first, got "
              + files
              + ".");
    }
    CodeFiles.write(this, "VqVae2.encode", images, files, maps);
  }

  private List<Codes> encodeAll(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    List<List<Codes>> chunks = new ArrayList<>();
    maps.encode(
        0,
        images,
        part -> {
          Codes bottom = part.codes().get(top());
          int codesPerImage = bottom.values().length / bottom.count();
          ArrayLengths.ofImages("VqVae2.encode", images.size(), codesPerImage, "codes");
          chunks.add(part.codes());
        });
    int[] labels = ModelImages.labels(images);
    List<Codes> all = new ArrayList<>();
    for (int i = 0; i < levels.size(); i++) {
      int level = i;
      Codes[] parts = chunks.stream().map(chunk -> chunk.get(level)).toArray(Codes[]::new);
      all.add(Codes.concat(parts).withLabels(labels).withModelHash(weightHash()));
    }
    return all;
  }

  /** The passes on whole images and on tiles. */
  private final class Passes implements CodePasses {
    @Override
    public List<Tensor> unquantizedLatents(Tensor images) {
      List<Tensor> all = new ArrayList<>();
      Input bottom =
          input(
              0,
              centered(images),
              (level, latents) -> {
                all.add(latents);
                return latents;
              });
      all.add(bottom.latents);
      return all;
    }

    @Override
    public Tensor pixels(List<Tensor> vectors) {
      Tensor embedded = null;
      for (int i = 0; i < levels.size(); i++) {
        embedded = embed(top() - i, vectors.get(i), embedded);
      }
      return levels.get(0).decode(embedded).add(ModelImages.CENTER);
    }

    @Override
    public int maps() {
      return levels.size();
    }

    @Override
    public int scale(int map) {
      return 1
          << config.downsample().subList(top() - map + 1, levels.size()).stream()
              .mapToInt(i -> i)
              .sum();
    }

    @Override
    public Codebooks codebooks(int map) {
      return levels.get(top() - map).quantizer().codebooks();
    }

    @Override
    public Tensor vectors(int map, Codes codes, Step step) {
      return levels.get(top() - map).quantizer().lookup(codes, step);
    }

    @Override
    public Tensor latents(Tensor images, List<Codes> above) {
      Iterator<Codes> codes = above.iterator();
      return input(
              top() - above.size(),
              centered(images),
              (level, latents) -> level.quantizer().lookup(codes.next(), images.step()))
          .latents;
    }

    @Override
    public Codes quantize(int map, Tensor latents) {
      Quantizer quantizer = levels.get(top() - map).quantizer();
      return Codes.of(quantizer.encode(latents), quantizer.codebooks());
    }

    @Override
    public List<Codes> encode(Tensor images) {
      List<Codes> codes = new ArrayList<>();
      BiFunction<VqVae2Level, Tensor, Tensor> toVectors =
          (level, latents) -> {
            codes.add(quantize(codes.size(), latents));
            return level.quantizer().lookup(codes.get(codes.size() - 1), images.step());
          };
      Input bottom = input(0, centered(images), toVectors);
      codes.add(quantize(top(), bottom.latents));
      return codes;
    }

    @Override
    public Tensor decode(List<Codes> codes, Step step) {
      return decode(codes, levels.size(), step);
    }

    /** Decodes the highest levels; the vectors of the others are 0. */
    Tensor decode(List<Codes> codes, int count, Step step) {
      List<Tensor> all = new ArrayList<>();
      for (int i = 0; i < levels.size(); i++) {
        Tensor vectors = levels.get(top() - i).quantizer().lookup(codes.get(i), step);
        all.add(i < count ? vectors : vectors.mul(0));
      }
      return pixels(all);
    }
  }

  /**
   * Decodes codes. Large images are decoded in tiles, as by {@link VqVae#decode(Codes)}.
   *
   * @param codes the codes of each level, the top first, from {@link #encode(Dataset)} or sampled
   *     from priors over the codes
   * @return the images, with the labels of the highest level that has some, cut to the {@linkplain
   *     Codes#imageSize image size} of the bottom level; pixels may be slightly outside [0, 1]
   * @throws IllegalArgumentException if there is not one code map for each level, or they are not
   *     of this model's codebooks, or of sizes that do not fit to each other, or were encoded by
   *     another model
   * @throws NonFiniteException as for {@link #reconstruct}
   * @throws InsufficientMemoryException as for {@link #reconstruct}
   */
  public Images decode(List<Codes> codes) {
    return decode(codes, levels.size());
  }

  /**
   * Decodes the codes of the highest levels only: the quantized latents of the others are replaced
   * by 0 at every position.
   *
   * <p>The decoder was not trained on such latents. The images are nearly gray if the lower levels
   * suffice, which no term of the loss prevents: a level carries what makes the reconstruction
   * better at the time. To see what a level adds, decode its codes with those of another image in
   * the other levels.
   *
   * @param codes the codes of each level, the top first
   * @param count the number of levels to decode: 1 for the top only, up to all levels
   * @return the images
   * @throws IllegalArgumentException as for {@link #decode(List)}, or if the count is out of range
   */
  public Images decode(List<Codes> codes, int count) {
    checkCodes(codes);
    if (count < 1 || count > levels.size()) {
      throw new IllegalArgumentException(
          "VqVae2.decode: expected 1 to " + levels.size() + " levels, got " + count + ".");
    }
    int[] shape = codes.get(top()).shape();
    int pixelsPerCode = 1 << 2 * config.downsample().get(0);
    return MemoryGuard.run(
        "VqVae2.decode of " + codes,
        ArrayLengths.size(shape, (long) Float.BYTES * pixelsPerCode * config.channels()),
        () -> decodeAll(codes, count, (long) shape[1] * shape[2] * pixelsPerCode));
  }

  private void checkCodes(List<Codes> codes) {
    if (codes.size() != levels.size()) {
      throw new IllegalArgumentException(
          "VqVae2.decode: expected the codes of "
              + levels.size()
              + " levels, the top first, also of levels that are left out, got "
              + codes
              + ".");
    }
    int[] above = null;
    for (int i = 0; i < codes.size(); i++) {
      int level = top() - i;
      Quantizer quantizer = levels.get(level).quantizer();
      int[] shape = codes.get(i).shape();
      int factor = level == top() ? 1 : 1 << config.downsample().get(level + 1);
      boolean fits =
          shape.length == 3
              && (above == null
                  || shape[0] == above[0]
                      && shape[1] == above[1] * factor
                      && shape[2] == above[2] * factor);
      if (!fits || !codes.get(i).codebooks().equals(quantizer.codebooks())) {
        throw new IllegalArgumentException(
            "VqVae2.decode: expected codes "
                + (above == null
                    ? "[count, height, width]"
                    : "[%d, %d, %d]".formatted(above[0], above[1] * factor, above[2] * factor))
                + " of "
                + quantizer.codebooks()
                + " for the level "
                + config.name(level)
                + ", got "
                + codes.get(i)
                + ". Pass the codes of the same images, the top level first, from the model that"
                + " encoded them.");
      }
      if (!quantizer.supportsMissingCodes()) {
        codes.get(i).requireComplete("VqVae2.decode");
      }
      above = shape;
    }
  }

  private Images decodeAll(List<Codes> codes, int count, long pixels) {
    checkWeights();
    codes.forEach(this::checkModelHash);
    Passes passes = new Passes();
    Images images =
        maps.decode(codes, pixels, (levels, step) -> passes.decode(levels, count, step));
    return codes.stream()
        .flatMap(level -> level.labels().stream())
        .findFirst()
        .map(images::withLabels)
        .orElse(images);
  }

  /**
   * Encodes and decodes images: {@code decode(encode(images))}, of any size.
   *
   * @param images images in [0, 1]
   * @return the reconstructions, with the labels of the images
   * @throws NonFiniteException if the model has diverged: a parameter, a buffer, a value of an
   *     encoder output or a pixel is NaN or infinite
   * @throws InsufficientMemoryException if processing one image or tile needs more memory than is
   *     available, or the heap is too small for the images; the model remains usable for smaller
   *     images
   */
  @Override
  public Images reconstruct(Dataset images) {
    return PassMemory.guard(this, "VqVae2.reconstruct", images, () -> reconstructAll(images));
  }

  private Images reconstructAll(Dataset images) {
    ModelImages.checkNotEmpty(this, images);
    checkWeights();
    ArrayLengths.ofImages("VqVae2.reconstruct", images.size(), images.imageLength(), "pixels");
    return maps.reconstruct(images);
  }
}
