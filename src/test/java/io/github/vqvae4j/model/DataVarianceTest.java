package io.github.vqvae4j.model;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.ForwardingDataset;
import io.github.vqvae4j.train.Metric;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingData;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The variance of the training data is taken once and kept; that of a stream can be set. */
class DataVarianceTest {
  /** Counts how often its variance is computed. */
  private static final class Counting extends ForwardingDataset {
    int count;

    Counting(Dataset delegate) {
      super(delegate);
    }

    @Override
    public double variance() {
      count++;
      return super.variance();
    }
  }

  /** The batches of a dataset as a source that is none, and the size of each batch. */
  private record Batched(Dataset images, List<Integer> sizes) implements Source<ImageBatch> {
    Batched(Dataset images) {
      this(images, new ArrayList<>());
    }

    @Override
    public int size() {
      return images.size();
    }

    @Override
    public synchronized ImageBatch batch(int... indices) {
      sizes.add(indices.length);
      return images.batch(indices);
    }

    @Override
    public List<Integer> exampleShape() {
      return images.exampleShape();
    }
  }

  /** A stream that starts over at the end of a dataset. */
  private static final class Endless implements BatchStream<ImageBatch> {
    private final Images images;
    private long position;

    Endless(Images images) {
      this.images = images;
    }

    @Override
    public ImageBatch next(int n) {
      long from = position;
      position += n;
      return images.batch(
          IntStream.range(0, n).map(i -> (int) ((from + i) % images.size())).toArray());
    }

    @Override
    public long position() {
      return position;
    }
  }

  @TempDir private Path folder;
  private final Autoencoder model = model();

  private static Autoencoder model() {
    return Autoencoder.builder()
        .encoder(DenseEncoder.images(2, 3, 1).hidden(4))
        .decoder(DenseDecoder.images(2, 3, 1).hidden(4))
        .dimension(2)
        .build();
  }

  @AfterEach
  void close() {
    model.close();
  }

  /** Images whose variance grows from the first to the last. */
  private static Images images(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (0.5 + (rng.nextDouble() - 0.5) * (i + 1) / pixels.length);
    }
    return Images.of(pixels, count, 2, 3, 1);
  }

  private void fit(Source<ImageBatch> data) {
    Trainer.of(model).batch(70).steps(2).quiet().fit(data);
  }

  private void fitStream(Images images) {
    Trainer.of(model).batch(70).steps(2).quiet().fit(new Endless(images));
  }

  /** Computes the population variance of the pixels of selected images. */
  private static double variance(Images images, int... indices) {
    float[] pixels = images.batch(indices).images();
    double mean = IntStream.range(0, pixels.length).mapToDouble(i -> pixels[i]).average().orElse(0);
    return IntStream.range(0, pixels.length)
        .mapToDouble(i -> (pixels[i] - mean) * (pixels[i] - mean))
        .average()
        .orElse(0);
  }

  private static double variance(Images images, int count) {
    return variance(images, IntStream.range(0, count).toArray());
  }

  @Test
  void uniformImagesHaveNoVarianceToNormalizeWith() throws IOException {
    Images gray = Images.of(new float[6 * 80], 80, 2, 3, 1);
    Path file = folder.resolve("gray.safetensors");
    try (Autoencoder custom =
        Autoencoder.builder()
            .encoder(DenseEncoder.images(2, 3, 1).hidden(4))
            .decoder(DenseDecoder.images(2, 3, 1).hidden(4))
            .dimension(2)
            .reconstructionLoss(
                (reconstruction, target, progress) ->
                    List.of(new LossTerm("squared", reconstruction.meanSquaredError(target), 1)))
            .build()) {
      TrainingReport report =
          Trainer.of(custom).batch(8).steps(2).evaluate(gray, 1).quiet().fit(gray);
      assertEquals(
          List.of(ImageModel.MSE, ImageModel.PSNR),
          report.evaluations().get(0).metrics().stream().map(Metric::name).toList());
      assertTrue(custom.trainingVariance().isEmpty());
      assertThrows(IllegalArgumentException.class, custom::dataVariance);
      custom.save(file);
      try (Autoencoder loaded = Autoencoder.load(file)) {
        assertTrue(loaded.trainingVariance().isEmpty());
      }
      Images images = images(100, 5);
      Trainer.of(custom).batch(70).steps(1).quiet().fit(new Endless(images));
      assertTrue(custom.trainingVariance().isPresent(), "a stream tells a variance of 0 better");
    }
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> fit(gray));
    assertMessageContains(e, "above 0, got 0.0", "one uniform color");
  }

  @Test
  void datasetsAreReadOncePerRunOnOtherData() {
    Images images = images(300, 8);
    Counting train = new Counting(images);
    Counting heldOut = new Counting(images(40, 4));
    for (int run = 0; run < 2; run++) {
      Trainer.of(model).batch(70).steps(2).evaluate(heldOut, 1).quiet().fit(train);
    }
    assertEquals(1, train.count);
    assertEquals(
        0, heldOut.count, "held-out data is normalized with the variance of training data");
    assertEquals(variance(images, 300), model.dataVariance(), 1e-9);

    Images other = images(100, 9);
    fit(other);
    assertEquals(variance(other, 100), model.dataVariance(), 1e-9);
    fitStream(images);
    assertEquals(variance(other, 100), model.dataVariance(), 1e-9, "a stream is only an estimate");
    fit(train);
    assertEquals(variance(images, 300), model.dataVariance(), 1e-9);
  }

  @Test
  void anEvaluationOfAnUntrainedModelTakesThatOfItsData() {
    Images images = images(40, 1);
    Counting other = new Counting(images(50, 2));
    assertMessageContains(
        assertThrows(IllegalStateException.class, model::dataVariance),
        "Autoencoder",
        "variance",
        "dataVariance(images.variance())");
    Evaluation evaluation = Evaluation.of(model, images);
    assertEquals(
        evaluation.metric(ImageModel.MSE) / variance(images, 40),
        evaluation.metric(ImageModel.NORMALIZED_MSE),
        1e-9);
    Evaluation.of(model, other);
    Evaluation.of(model, other);
    assertEquals(1, other.count, "each evaluation of other data takes its own");
    assertEquals(other.variance(), model.dataVariance());
    Images train = images(80, 3);
    fit(train);
    assertEquals(variance(train, 80), model.dataVariance(), 1e-9, "training replaces it");
  }

  @Test
  void aVarianceThatIsSetByHand() {
    Counting other = new Counting(images(80, 1));
    model.dataVariance(0.5);
    Evaluation evaluation = Evaluation.of(model, other);
    assertEquals(0, other.count);
    assertEquals(
        2 * evaluation.metric(ImageModel.MSE), evaluation.metric(ImageModel.NORMALIZED_MSE), 1e-9);
    for (double wrong : new double[] {0, -1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> model.dataVariance(wrong));
    }
    fitStream(images(200, 2));
    assertEquals(0.5, model.dataVariance(), "a stream does not replace it");
    fit(other);
    assertEquals(other.variance(), model.dataVariance(), "a source does");
  }

  @Test
  void aSourceThatIsNoDatasetIsSampled() {
    Images images = images(3_700, 3);
    Batched data = new Batched(images);
    Evaluation.of(model, data);
    assertEquals(variance(images, 3_700), model.dataVariance(), 3e-3);
    assertTrue(Math.abs(variance(images, 1_000) - model.dataVariance()) > 1e-2, "sorted data");
    int chunk = model.evaluationBatch(data);
    assertTrue(data.sizes.stream().allMatch(size -> size <= chunk), data.sizes.toString());
    double first = model.dataVariance();
    try (Autoencoder other = model()) {
      Evaluation.of(other, new Batched(images));
      assertEquals(first, other.dataVariance(), "the sample is the same each time");
    }
    for (int size : new int[] {1, 77, 1_000}) {
      Images small = images(size, 5);
      try (Autoencoder other = model()) {
        Evaluation.of(other, new Batched(small));
        assertEquals(variance(small, size), other.dataVariance(), 1e-9, size + " images");
      }
    }
  }

  /** Images at equal distances would all be of the same class. */
  @Test
  void theClassesOfASourceComeInTurn() {
    float[] pixels = new float[6_000 * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / 6 % 3 == 0 ? 1 : 0;
    }
    Evaluation.of(model, new Batched(Images.of(pixels, 6_000, 2, 3, 1)));
    assertEquals(2.0 / 9, model.dataVariance(), 0.02);
  }

  @Test
  void streamsAreEstimatedFromTheirFirstImages() {
    Images images = images(3_000, 5);
    fitStream(images);
    // Of the last batch of 70 images, 20 are used.
    assertEquals(variance(images, 1_000), model.dataVariance(), 1e-9);
    assertNotEquals(variance(images, 3_000), model.dataVariance(), 1e-3);
    fitStream(images(200, 7));
    assertEquals(variance(images, 1_000), model.dataVariance(), 1e-9, "it is known already");
  }

  /** Of images with 2^22 pixels, only 16 are read, because all batches stay in memory. */
  @Test
  void streamsOfLargeImages() {
    float[] halfWhite = new float[1 << 22];
    Arrays.fill(halfWhite, 0, 1 << 21, 1);
    float[] other = new float[1 << 22];
    Arrays.fill(other, 7);
    BatchStream<ImageBatch> stream =
        new BatchStream<>() {
          private long position;

          @Override
          public ImageBatch next(int n) {
            float[] pixels = position++ < 16 ? halfWhite : other;
            return new ImageBatch(pixels, 1, 1 << 11, 1 << 11, 1, new int[1], new int[1]);
          }

          @Override
          public long position() {
            return position;
          }
        };
    try (TrainingData<ImageBatch> data = TrainingData.of(stream, 1)) {
      model.initialize(data, new Rng(1));
    }
    assertEquals(0.25, model.dataVariance(), 1e-12);
  }

  @Test
  void imagesThatAreNotFinite() {
    float[] pixels = new float[12];
    pixels[10] = Float.NaN;
    BatchStream<ImageBatch> stream =
        new BatchStream<>() {
          @Override
          public ImageBatch next(int n) {
            return new ImageBatch(pixels, 2, 2, 3, 1, new int[2], new int[] {40, 41});
          }

          @Override
          public long position() {
            return 0;
          }
        };
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Trainer.of(model).batch(2).steps(1).quiet().fit(stream)),
        "NaN",
        "image 41",
        "row 1",
        "column 1");
  }
}
