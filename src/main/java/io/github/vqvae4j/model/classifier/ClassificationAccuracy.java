package io.github.vqvae4j.model.classifier;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.Schedule;
import io.github.vqvae4j.train.StopReason;
import io.github.vqvae4j.train.Trainer;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The classification accuracy score (Ravuri and Vinyals 2019, arXiv:1905.10887): the accuracy on
 * real test images of a classifier that was trained on generated images only, whose labels are the
 * classes they were sampled for. Samples that are blurred, wrong or all alike lower it. It is
 * reported next to the scores of the real training images and of their reconstructions, with which
 * it is compared; samples rarely exceed them:
 *
 * <pre>{@code
 * double real = ClassificationAccuracy.of(digits.train(), digits.test(), 1);
 * double decoded = ClassificationAccuracy.of(model.reconstruct(digits.train()), digits.test(), 1);
 * Condition classes = Condition.labels(labels); // those of the training images
 * Images samples = model.decode(prior.sample(labels.length, classes, Sampling.DEFAULT, 1));
 * double sampled = ClassificationAccuracy.of(samples, digits.test(), 1);
 * }</pre>
 *
 * <p>All classifiers have the same architecture, {@link ImageClassifier#images}, and the same
 * {@linkplain #trainer schedule}. Use as many samples as there are training images, and several
 * seeds. With images of MNIST, a run takes about two minutes of CPU time.
 */
public final class ClassificationAccuracy {
  private static final int BATCH = 128;
  private static final int STEPS = 3_000;
  private static final int WARM_UP = 100;
  private static final double RATE = 3e-3;

  private ClassificationAccuracy() {}

  /**
   * Trains a classifier and tests it.
   *
   * @param train the training images, such as samples, all with labels
   * @param test the test images, of the same size, all with labels
   * @param seed the seed of the initial weights and of the order of the images
   * @return the accuracy on the test images, from 0 to 1
   * @throws IllegalArgumentException if there are no images or training images of one class only,
   *     an image has no label, or the sizes differ
   * @throws CancellationException if training is interrupted
   */
  public static double of(Dataset train, Dataset test, long seed) {
    checkSizes(train, test);
    int last = Math.max(maxLabel("training", train), maxLabel("test", test));
    if (IntStream.range(0, train.size()).map(train::label).distinct().count() < 2) {
      throw new IllegalArgumentException(
          "ClassificationAccuracy: expected training images of two or more classes, got those of one."
              + " Add images of the others.");
    }
    try (ImageClassifier classifier =
        ImageClassifier.images(train.height(), train.width(), train.channels())
            .classes(Math.addExact(1, last))
            .build(new Rng(seed))) {
      Trainer<ImageBatch> trainer = trainer(classifier).batch(Math.min(BATCH, train.size()));
      if (trainer.seed(seed).fit(train).stopReason() == StopReason.INTERRUPTED) {
        throw new CancellationException(
            "ClassificationAccuracy: interrupted before the end of training.");
      }
      return classifier.accuracy(test);
    }
  }

  private static int maxLabel(String name, Dataset data) {
    int max = 0;
    for (int i = 0; i < data.size(); i++) {
      int label = data.label(i);
      if (label < 0) {
        throw new IllegalArgumentException(
            "ClassificationAccuracy: expected images with labels, got none for "
                + name
                + " image "
                + i
                + ". Label samples with the classes they were sampled for, as with"
                + " Images.withLabels.");
      }
      max = Math.max(max, label);
    }
    return max;
  }

  private static void checkSizes(Dataset train, Dataset test) {
    if (train.size() == 0
        || test.size() == 0
        || !train.exampleShape().equals(test.exampleShape())) {
      throw new IllegalArgumentException(
          "ClassificationAccuracy: expected one or more training and test images of equal size, got "
              + describe(train)
              + " and "
              + describe(test)
              + ". Resize or convert the images.");
    }
  }

  private static String describe(Dataset data) {
    return data.size() + " of " + data.exampleShape();
  }

  /**
   * Returns a trainer with the schedule of all classifiers that are compared: 3,000 steps with
   * batches of 128, Adam with a learning rate of 3e-3, a warm-up over 100 steps and cosine
   * annealing to 0.
   *
   * @param untrained a classifier
   * @return the trainer; a seed, evaluations and listeners can be added
   */
  public static Trainer<ImageBatch> trainer(ImageClassifier untrained) {
    return Trainer.of(untrained)
        .optimizer(Adam.rate(RATE))
        .schedule(Schedule.warmUp().then(WARM_UP, Schedule.cosine(0)))
        .batch(BATCH)
        .steps(STEPS);
  }
}
