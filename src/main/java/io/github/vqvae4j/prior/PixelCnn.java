package io.github.vqvae4j.prior;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.Embedding;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.Trainable;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The gated PixelCNN (van den Oord et al. 2016, "Conditional Image Generation with PixelCNN
 * Decoders", arXiv:1606.05328), a prior over code maps:
 *
 * <pre>
 * p(map | condition) = product over positions t, in raster order, of p(code t | codes before t, condition)
 * </pre>
 *
 * <p>A code is embedded as a vector of C channels. Gated layers of masked convolutions in two
 * stacks follow, a vertical one that sees all rows above, and a horizontal one that sees the
 * current row, so that no earlier code within the receptive field is hidden (no blind spot). Two
 * 1x1 convolutions map the horizontal stack to K logits. It is trained with the cross-entropy of
 * the codes, in nats per code:
 *
 * <pre>{@code
 * PixelCnn prior = PixelCnn.forCodesOf(model).classes(10).layers(12).build();
 * Trainer.of(prior).batch(64).epochs(20).fit(model.encode(digits.train()));
 * }</pre>
 *
 * <p>Classes are the labels of the codes. Each adds a bias to the sums before each gate, the same
 * at all positions. The features of another code map (an embedding and a 3x3 convolution) are
 * repeated to the size of the modeled map and added in the same way, through 1x1 convolutions.
 */
public final class PixelCnn extends Block implements Prior, Trainable<Codes> {
  private static final Logger LOG = Log.of(PixelCnn.class);

  /** The settings that the prior was built with. */
  private final PixelCnnConfig built;

  /** The same settings, with the sizes of the maps once they are known. */
  private volatile PixelCnnConfig config;

  private final ModelBinding binding = new ModelBinding();
  private final Embedding codes;
  private final List<GatedLayer> layers = new ArrayList<>();
  private final Sequential head;

  /** The features of the other code map; null if there is none. */
  private final Sequential condition;

  PixelCnn(PixelCnnConfig config, Rng rng) {
    built = config;
    this.config = config;
    int c = config.channels();
    codes = child("codes", new Embedding(config.codebookSize(), c, rng));
    for (int i = 0; i < config.layers(); i++) {
      layers.add(child("layer" + i, new GatedLayer(config, i, rng)));
    }
    head =
        child(
            "head",
            Sequential.of(
                new Conv2d(ConvConfig.of(c, config.headChannels(), 1).relu(true), rng),
                new Conv2d(ConvConfig.of(config.headChannels(), config.codebookSize(), 1), rng)));
    condition =
        config.conditionCodebookSize() == 0
            ? null
            : child(
                "condition",
                Sequential.of(
                    new Embedding(config.conditionCodebookSize(), c, rng),
                    new Conv2d(ConvConfig.of(c, c, 3).same(), rng),
                    Activation.RELU));
  }

  /**
   * Returns the default settings of a prior over the codes of a model.
   *
   * @param model the model; its quantizer has a single codebook
   * @return the settings
   * @throws IllegalArgumentException if the quantizer has several codebooks
   */
  public static PixelCnnConfig forCodesOf(VqVae model) {
    return ofCodes(codebookSize(model.quantizer()));
  }

  /**
   * Returns the default settings of a prior over the codes of a level of a hierarchical model.
   * Below the top level, it is conditioned on the code map of the level above.
   *
   * @param model the model; the quantizers of these levels have a single codebook
   * @param level the level, 0 for the top, as in {@link VqVae2#encode(Dataset)}
   * @return the settings
   * @throws IllegalArgumentException if there is no such level, or a quantizer has several
   *     codebooks
   */
  public static PixelCnnConfig forCodesOf(VqVae2 model, int level) {
    List<Quantizer> quantizers = model.quantizers();
    if (level < 0 || level >= quantizers.size()) {
      throw new IllegalArgumentException(
          "PixelCnn.forCodesOf: expected a level from 0, the top, to "
              + (quantizers.size() - 1)
              + ", got "
              + level
              + ".");
    }
    PixelCnnConfig config = ofCodes(codebookSize(quantizers.get(level)));
    return level == 0
        ? config
        : config.conditionCodebookSize(codebookSize(quantizers.get(level - 1)));
  }

  private static int codebookSize(Quantizer quantizer) {
    Codebooks codebooks = quantizer.codebooks();
    if (codebooks.count() != 1) {
      throw new IllegalArgumentException(
          "PixelCnn.forCodesOf: expected a model with a single codebook, got "
              + codebooks
              + ". Model one group or stage, with PixelCnn.ofCodes(k) and codes.group(g) or"
              + " codes.stage(s).");
    }
    return codebooks.sizes().get(0);
  }

  /**
   * Returns the default settings of a prior over codes.
   *
   * @param codebookSize K
   * @return the settings
   */
  public static PixelCnnConfig ofCodes(int codebookSize) {
    return new PixelCnnConfig(codebookSize, 0, 0, 0, 0, 0, 0, 15, 64, 7, 3, 512);
  }

  /**
   * Returns the settings.
   *
   * @return the settings; after training, with the sizes of the training data's maps
   */
  public PixelCnnConfig config() {
    return config;
  }

  /**
   * Returns the hash of the model whose codes the prior was trained on. Codes of a model with
   * another hash are rejected, and samples have this hash, so that no other model decodes them.
   * Further training of the model changes its hash.
   *
   * @return 64 hexadecimal digits; empty before training, or if the training codes had no hash
   */
  public Optional<String> modelHash() {
    return binding.hash();
  }

  /** Returns the model whose codes the prior was trained on. */
  ModelBinding binding() {
    return binding;
  }

  /**
   * Returns the settings that the prior was built with, under {@code model}. They do not change
   * when it learns the size of the maps, so that a run can be resumed with a prior built in the
   * same way.
   */
  @Override
  public Map<String, Optional<?>> settings() {
    return Map.of("model", Optional.of(built));
  }

  /**
   * Loads a prior.
   *
   * @param file a file written by {@link #save}
   * @return a new prior
   * @throws IOException if the file does not exist, is corrupt, or is not the file of a gated
   *     PixelCNN; the message names the problem and its location
   */
  public static PixelCnn load(Path file) throws IOException {
    return PixelCnnFile.load(file);
  }

  /**
   * Saves the settings, the parameters and the hash of the model to a file that {@link #load} can
   * read.
   *
   * @param file a safetensors file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   * @throws IllegalStateException if a parameter is NaN or infinite
   */
  @Override
  public void save(Path file) throws IOException {
    PixelCnnFile.save(file, this);
  }

  /**
   * Computes the logits of all codes of maps.
   *
   * @param maps INT [b, h, w], from 0 to K - 1
   * @param given the condition of the maps
   * @return [b, h, w, K]; those of a position depend on the codes before it only
   * @throws IllegalArgumentException if the condition does not fit the prior or the maps
   */
  public Tensor logits(Tensor maps, Condition given) {
    int count = (int) maps.size(0);
    return logits(maps, inputs("PixelCnn.logits", given, count));
  }

  Tensor logits(Tensor maps, PriorInputs given) {
    return within(maps.step(), () -> compute(maps, given));
  }

  private Tensor compute(Tensor maps, PriorInputs given) {
    Step step = maps.step();
    Tensor features = features(step, given, maps.size(1), maps.size(2));
    Tensor labels = labels(step, given);
    Tensor embedded = codes.forward(maps);
    GatedLayer.Stacks stacks = new GatedLayer.Stacks(embedded, embedded);
    for (GatedLayer layer : layers) {
      stacks = layer.forward(stacks, layer.condition(labels, features));
    }
    return head.forward(stacks.horizontal());
  }

  @Override
  public Codes sample(int count, Condition given, Sampling sampling, long seed) {
    String caller = "PixelCnn.sample";
    PixelCnnConfig c = config;
    if (count < 1) {
      throw new IllegalArgumentException(
          caller + ": expected one or more maps, got " + count + ".");
    }
    if (c.height() == 0) {
      throw new IllegalStateException(
          caller
              + ": expected a prior that knows the size of maps. Train it, or build it with"
              + " size(height, width).");
    }
    long positions = (long) c.height() * c.width();
    String remedy = "sample fewer at a time";
    int length = ArrayLengths.of(caller, count, "maps", positions, "codes", remedy);
    return MemoryGuard.run(
        caller
            + " of "
            + Counts.of(count, "map")
            + " of "
            + c.height()
            + "x"
            + c.width()
            + " codes",
        (long) Integer.BYTES * length,
        () -> {
          int[] none = new int[length];
          Arrays.fill(none, Codes.MISSING);
          Codes missing = Codes.of(none, c.codebookSize(), count, c.height(), c.width());
          return complete(caller, missing, given, sampling, seed);
        });
  }

  @Override
  public Codes complete(Codes partial, Condition given, Sampling sampling, long seed) {
    return complete("PixelCnn.complete", partial, given, sampling, seed);
  }

  private Codes complete(
      String caller, Codes partial, Condition given, Sampling sampling, long seed) {
    checkFloat(caller);
    checkCodes(caller, partial);
    given.codes().ifPresent(other -> CodePairs.checkSameModel(caller, partial, other));
    PriorInputs inputs = inputs(caller, given, partial.count());
    if (sampling.isGuided() && !config.hasNoClass()) {
      throw new IllegalArgumentException(
          caller
              + ": expected no guidance, for a prior trained without dropped classes, got "
              + sampling.guidance()
              + ". Train a prior with classes(n).classDropout(0.1), or use guidance(1).");
    }
    Codes complete =
        MemoryGuard.run(
            caller + " of " + partial,
            ArrayLengths.size(partial.shape(), Integer.BYTES),
            () -> new CodeSampler(this, sampling, seed).complete(partial, inputs));
    Codes sized =
        partial.imageSize().map(size -> complete.withImageSize(size[0], size[1])).orElse(complete);
    return binding.bind(partial.modelHash().map(sized::withModelHash).orElse(sized));
  }

  private void checkFloat(String caller) {
    DType dtype = codes.variables().get("weight").dtype();
    if (dtype != DType.FLOAT) {
      throw new IllegalStateException(
          caller
              + ": expected a prior of type FLOAT, in which samples are computed, got "
              + dtype
              + ". Call convert(DType.FLOAT) first.");
    }
  }

  /** Checks a condition of maps. */
  private PriorInputs inputs(String caller, Condition given, int count) {
    given.codes().ifPresent(other -> binding.check(caller, other));
    return PriorInputs.of(caller, config, given, count);
  }

  /** Returns the embeddings of codes. */
  Tensor embed(Tensor maps) {
    return codes.forward(maps);
  }

  /** Returns the layers, in order. */
  List<GatedLayer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /** Returns a copy of the embeddings of all codes, [K, C]. */
  float[] embeddings() {
    return codes.variables().get("weight").toFloats();
  }

  /** Returns a copy of the parameters of the head's hidden layer. */
  Affine hiddenHead() {
    return GatedLayer.affine(head.children().get("0"), config.channels());
  }

  /** Returns a copy of the parameters of the head's last layer. */
  Affine lastHead() {
    return GatedLayer.affine(head.children().get("1"), config.headChannels());
  }

  /** Returns the classes as a tensor; null if the prior has none. */
  static Tensor labels(Step step, PriorInputs given) {
    return given.labels() == null ? null : step.tensor(given.labels(), given.labels().length);
  }

  /** Returns the features of the other code map, [b, h, w, C]; null if there is none. */
  Tensor features(Step step, PriorInputs given, long height, long width) {
    if (condition == null) {
      return null;
    }
    int factor = given.factor("PixelCnn", config, height, width);
    return condition.forward(given.map().in(step)).upsample(factor);
  }

  /**
   * Computes the cross-entropy of codes given their labels, the mean over all codes in nats, and
   * the accuracy, the fraction of positions at which the most probable code is the right one.
   *
   * @throws IllegalArgumentException if codes or labels do not fit the prior, or the prior is
   *     conditioned on another code map ({@link #ofPairs})
   */
  @Override
  public BatchLoss loss(Step step, Codes batch, TrainingProgress progress) {
    return loss(step, batch, Condition.NONE);
  }

  BatchLoss loss(Step step, Codes batch, Condition other) {
    PriorInputs inputs = trainingInputs("PixelCnn.loss", batch, other);
    Tensor maps = batch.in(step);
    Tensor logits = logits(maps, dropClasses(step, inputs));
    double accuracy = logits.argmax(-1).eq(maps).to(DType.FLOAT).mean().item();
    return BatchLoss.of("crossEntropy", logits.crossEntropy(maps)).withMetric("accuracy", accuracy);
  }

  /** Checks training codes, and returns their condition: their labels and another code map. */
  private PriorInputs trainingInputs(String caller, Codes batch, Condition other) {
    checkCodes(caller, batch);
    batch.requireComplete(caller);
    Condition given = other;
    if (config.classes() > 0 && batch.labels().isPresent()) {
      given = given.withLabels(batch.labels().get());
    }
    PriorInputs inputs = inputs(caller, given, batch.count());
    factor(caller, inputs, batch);
    return inputs;
  }

  /** Returns the factor between the sizes of maps and of their condition; 0 for none. */
  private int factor(String caller, PriorInputs inputs, Codes maps) {
    int[] shape = maps.shape();
    return inputs.map() == null ? 0 : inputs.factor(caller, config, shape[1], shape[2]);
  }

  /** In training, replaces some classes by the additional one. */
  private PriorInputs dropClasses(Step step, PriorInputs inputs) {
    if (!config.hasNoClass()) {
      return inputs;
    }
    if (!isTraining(step)) {
      step.skipDraw();
      return inputs;
    }
    int[] labels = inputs.labels().clone();
    long draw = step.nextDraw();
    for (int i = 0; i < labels.length; i++) {
      if (step.key().example(draw, i).nextDouble() < config.classDropout()) {
        labels[i] = config.classes();
      }
    }
    return inputs.withLabels(labels);
  }

  /**
   * Returns a view of this prior for training on pairs of code maps, if it is conditioned on
   * another code map. It has the parameters, settings and file of this prior.
   *
   * @return the view
   * @throws IllegalStateException if the prior is not conditioned on another code map
   */
  public Trainable<CodePairs> ofPairs() {
    if (condition == null) {
      throw new IllegalStateException(
          "PixelCnn.ofPairs: expected a prior that is conditioned on another code map. Build it with"
              + " conditionCodebookSize(k).");
    }
    return new PairsView(this);
  }

  /**
   * Takes the sizes of the maps, unless they were set, and the hash of the model that encoded them,
   * unless it is known. Warns of codes without labels for a prior with classes.
   *
   * @throws IllegalArgumentException if the codes do not fit the prior, or were encoded by another
   *     model than those that it was trained on
   */
  @Override
  public void initialize(TrainingData<Codes> data, Rng rng) {
    take(data.firstBatches().next(), Condition.NONE);
  }

  /** Takes the sizes of the maps and the model of these codes, if they can be trained on. */
  void take(Codes first, Condition other) {
    String caller = "PixelCnn.initialize";
    PriorInputs inputs = trainingInputs(caller, first, other);
    if (config.hasNoClass() && first.labels().isEmpty()) {
      LOG.warn(
          "PixelCnn: expected codes with labels, for a prior of {} classes, got a first batch without"
              + " labels. From such codes, the prior does not learn the classes: encode images with"
              + " labels, or use Codes.withLabels.",
          config.classes());
    }
    config =
        config
            .size(first.shape()[1], first.shape()[2])
            .conditionFactor(factor(caller, inputs, first));
    binding.take(first);
    other.codes().ifPresent(binding::take);
  }

  /** Returns the hash of the model, unless it is unknown. */
  @Override
  public Map<String, String> trainingState() {
    return binding.state();
  }

  @Override
  public void restoreTrainingState(Map<String, String> state) {
    binding.restore(state);
  }

  @Override
  public double[] logProb(Codes maps, Condition given) {
    String caller = "PixelCnn.logProb";
    checkCodes(caller, maps);
    maps.requireComplete(caller);
    given.codes().ifPresent(other -> CodePairs.checkSameModel(caller, maps, other));
    PriorInputs inputs = inputs(caller, given, maps.count());
    return new LogProbs(this).of(caller, maps, inputs);
  }

  /** Throws unless the codes are maps of this prior, which may be incomplete. */
  private void checkCodes(String caller, Codes maps) {
    binding.check(caller, maps);
    PixelCnnConfig c = config;
    int[] shape = maps.shape();
    boolean sized = c.height() > 0;
    if (maps.codebooks().count() != 1
        || maps.codebookSize() != c.codebookSize()
        || shape.length != 3
        || sized && (shape[1] != c.height() || shape[2] != c.width())) {
      throw new IllegalArgumentException(
          caller
              + ": expected codes "
              + (sized
                  ? Arrays.toString(new int[] {maps.count(), c.height(), c.width()})
                  : "[count, height, width]")
              + " of a codebook of "
              + c.codebookSize()
              + ", got "
              + maps
              + ". Use codes of the model, and of images of the size, that the prior was built for.");
    }
  }
}
