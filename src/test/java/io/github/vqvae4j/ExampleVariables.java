package io.github.vqvae4j;

import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.datasets.MnistData;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.BatchLoss;
import io.github.vqvae4j.train.Optimizer;
import io.github.vqvae4j.train.TrainingProgress;
import io.github.vqvae4j.train.WeightAverages;
import java.nio.file.Path;
import java.util.List;

/**
 * The variables that code examples may use without declaring them. {@link DocsCodeTest} compiles
 * each example as the body of a method of a subclass; examples are never run.
 */
public abstract class ExampleVariables {
  private ExampleVariables() {}

  /** The variables of the code blocks in README.md, CONTRIBUTING.md and docs/. */
  public abstract static class Docs {
    protected VqVae model;
    protected MnistData digits;
    protected Rng rng;
    protected VqVae2 levels;
    protected PixelCnn prior;
    protected Codes train;
    protected Codes heldOut;
    protected PixelCnn bottomPrior;
    protected Codes top;
    protected Codes bottom;
    protected int[] labels;
    protected Images image;
  }

  /** The variables of the examples in Javadoc. */
  public abstract static class Javadoc extends Docs {
    // data
    protected Dataset images;
    protected Dataset train;
    protected Dataset heldOut;
    protected Dataset withGlasses;
    protected Dataset withoutGlasses;
    protected ImageFolder flowers;
    protected Images originals;
    protected Images reconstructions;
    protected Series series;
    protected Path file;

    // models and training
    protected Autoencoder autoencoder;
    protected AnomalyDetector detector;
    protected Encoder encoder;
    protected Decoder decoder;
    protected VectorQuantizer quantizer;
    protected Optimizer optimizer;
    protected WeightAverages averages;
    protected ImageBatch batch;
    protected Gan gan;

    // tensors and layers
    protected Step step;
    protected Tensor x;
    protected Tensor logits;
    protected Layer layer;
    protected FilmBlock film;
    protected Parameter weight;
    protected List<Parameter> parameters;
    protected Parameter v;
    protected Parameter gain;
    protected float[] pixels;
    protected float[] otherPixels;
    protected float[] rows;
    protected float[] inputs;
    protected float[] targets;
    protected double[] normalScores;
    protected double[] anomalyScores;

    /** The settings of an encoder of the examples. */
    public record PatchConfig(int channels, int patch) implements Encoder.Config {
      @Override
      public Encoder build(int dimension, Rng rng) {
        throw new UnsupportedOperationException("examples are never run");
      }
    }
  }

  /** A model with two objectives. */
  public interface Gan {
    Block generator();

    Block discriminator();

    BatchLoss generatorLoss(Step step, ImageBatch batch, TrainingProgress progress);

    BatchLoss discriminatorLoss(Step step, ImageBatch batch, TrainingProgress progress);
  }

  /** A block with two inputs. */
  public abstract static class FilmBlock extends Block {
    public abstract Tensor forward(Tensor x, Tensor condition);
  }
}
