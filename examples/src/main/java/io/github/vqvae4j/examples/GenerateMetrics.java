package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.CodebookUsage;
import java.util.List;
import java.util.Locale;

/**
 * The measures of a run of {@link GenerateCommand}.
 *
 * @param data the name of the dataset
 * @param levels the number of code maps per image
 * @param model those of the VQ-VAE
 * @param codes those of encoding
 * @param priors those of the prior of each level, the top first
 * @param samples those of the generated images
 * @param score the classification accuracy score; empty unless it was asked for
 * @param times the duration of each part
 * @param machine the machine of the run
 */
record GenerateMetrics(
    String data,
    int levels,
    Model model,
    CodeMaps codes,
    List<Prior> priors,
    Samples samples,
    List<Score> score,
    List<PartTime> times,
    Machine machine) {

  /**
   * The measures of a VQ-VAE on all test images, with pixels in [0, 1].
   *
   * @param trainImages the number of training images, with distorted copies
   * @param codebooks the codebook of each level
   * @param seconds the duration of training
   */
  record Model(
      int trainImages,
      int testImages,
      double testMse,
      double testNormalizedMse,
      double testPsnr,
      List<Codebook> codebooks,
      double dataVariance,
      long parameters,
      double seconds) {}

  /** The use of a codebook by the test images. */
  record Codebook(String level, int codesInUse, int codebookSize, double perplexity) {
    static Codebook of(CodebookUsage use) {
      return new Codebook(
          use.name(),
          use.usage().codesInUse(),
          use.usage().codebookSize(),
          use.usage().perplexity());
    }
  }

  /**
   * The codes of all images.
   *
   * @param perImage the number of codes per image, of all levels
   */
  record CodeMaps(int perImage) {}

  /**
   * The measures of a prior, in nats per code.
   *
   * @param name the name of its files
   * @param step the training step with the smallest loss on validation images, whose weights the
   *     prior has
   * @param steps the number of training steps
   * @param trainNats the cross-entropy of codes of training images
   * @param testNats the cross-entropy of the codes of the test images
   * @param testAccuracy the fraction of positions of the test images at which the most probable
   *     code is the right one
   * @param unigramNats the entropy of the frequencies of the codes of the test images
   * @param uniformNats ln K
   * @param seconds the duration of training
   */
  record Prior(
      String name,
      long step,
      long steps,
      double trainNats,
      double testNats,
      double testAccuracy,
      double unigramNats,
      double uniformNats,
      long parameters,
      double seconds) {}

  /**
   * The measures of the generated images.
   *
   * @param count the number of images
   * @param firstCallSeconds the time to sample and decode 64 images with models just loaded
   * @param secondCallSeconds the time of a second call
   * @param nearestOfSamples the median of the root mean squared differences between a sample and
   *     the training image that is most similar to it
   * @param nearestOfTestImages the same of test images
   * @param levels what each of two levels carries; empty with one level
   * @param recognition those of a classifier, for samples with restored contrast and as decoded;
   *     empty unless the images are digits
   */
  record Samples(
      int count,
      double firstCallSeconds,
      double secondCallSeconds,
      double nearestOfSamples,
      double nearestOfTestImages,
      List<Levels> levels,
      List<Recognition> recognition) {}

  /**
   * Mean squared errors of decoded test images.
   *
   * @param images the number of images
   * @param topOnly of images decoded from the top level only
   * @param otherTop of images decoded with the top codes of another image
   * @param otherBottom of images decoded with the bottom codes of another image
   * @param both of images decoded from both levels
   * @param meanImage of the mean of these images
   */
  record Levels(
      int images,
      double topOnly,
      double otherTop,
      double otherBottom,
      double both,
      double meanImage) {}

  /**
   * The measures of a classifier of digits. Precision and recall are those of as many samples, or
   * of other test images, compared with half of the test images.
   *
   * @param images how the samples were decoded
   * @param recognised the fraction of samples that are classified as the digit they were generated
   *     for
   * @param recognisedOfClass the same for each digit
   * @param testAccuracy the accuracy of the classifier on the test images
   * @param precision the fraction of samples that are similar to test images
   * @param recall the fraction of test images that are similar to samples
   * @param testPrecision the precision of other test images
   * @param testRecall the recall of other test images
   */
  record Recognition(
      String images,
      double recognised,
      List<Double> recognisedOfClass,
      double testAccuracy,
      double precision,
      double recall,
      double testPrecision,
      double testRecall) {}

  /**
   * The accuracy on the test images of a classifier that was trained on other images.
   *
   * @param images the training images of the classifier
   * @param count their number
   */
  record Score(String images, int count, double accuracy) {}

  /** The scores of all classifiers. */
  record Scores(List<Score> scores) {}

  /**
   * The duration of a part, evaluations and pictures included.
   *
   * @param seconds those since the run was started or resumed, if it was stopped in this part
   */
  record PartTime(String part, double seconds) {}

  /** The durations of all parts so far. */
  record PartTimes(List<PartTime> parts) {}

  /** Formats the most important measures. */
  String table() {
    StringBuilder text = new StringBuilder();
    line(text, "VQ-VAE: test normalized MSE", "%.4f", model.testNormalizedMse);
    line(text, "  test PSNR", "%.2f dB", model.testPsnr);
    for (Codebook codebook : model.codebooks) {
      line(
          text,
          codebook.level + ": codes in use",
          "%d of %d",
          codebook.codesInUse,
          codebook.codebookSize);
      line(text, "  perplexity", "%.1f", codebook.perplexity);
    }
    line(text, "  training", "%.0f s", model.seconds);
    for (Prior prior : priors) {
      line(text, prior.name + ": nats per code, test", "%.3f", prior.testNats);
      line(
          text,
          "  training images",
          "%.3f (weights of step %d of %d)",
          prior.trainNats,
          prior.step,
          prior.steps);
      line(text, "  unigram entropy, ln K", "%.3f, %.3f", prior.unigramNats, prior.uniformNats);
      if (prior.testNats >= prior.unigramNats) {
        line(text, "  not below the unigram entropy", "train it with more --prior-steps");
      }
      line(text, "  training", "%.0f s, %d parameters", prior.seconds, prior.parameters);
    }
    line(text, "samples", "%d", samples.count);
    line(
        text,
        "  64 images sampled, decoded",
        "%.2f s, then %.2f s",
        samples.firstCallSeconds,
        samples.secondCallSeconds);
    for (Levels errors : samples.levels) {
      line(text, "MSE, from both levels", "%.4f, mean image %.4f", errors.both, errors.meanImage);
      line(text, "  from the top level only", "%.4f", errors.topOnly);
      line(text, "  with the top of another image", "%.4f", errors.otherTop);
      line(text, "  with the bottom of another image", "%.4f", errors.otherBottom);
    }
    for (Recognition found : samples.recognition) {
      line(
          text,
          found.images + ": recognized",
          "%.3f, test images %.3f",
          found.recognised,
          found.testAccuracy);
      line(text, "  precision", "%.3f, test images %.3f", found.precision, found.testPrecision);
      line(text, "  recall", "%.3f, test images %.3f", found.recall, found.testRecall);
    }
    line(
        text,
        "nearest training image",
        "%.3f (RMS difference), of test images %.3f",
        samples.nearestOfSamples,
        samples.nearestOfTestImages);
    for (Score each : score) {
      line(text, "accuracy score: " + each.images, "%.4f (%d images)", each.accuracy, each.count);
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    String value = String.format(Locale.ROOT, format, values);
    text.append(String.format(Locale.ROOT, "%-34s %s%n", name, value));
  }
}
