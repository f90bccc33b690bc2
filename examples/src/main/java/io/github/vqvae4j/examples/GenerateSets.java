package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import java.util.List;

/**
 * The images of {@link GenerateCommand}.
 *
 * @param name the name to display
 * @param train the training images
 * @param validation training images that are held out to choose the weights of the priors
 * @param test the images with which the results are compared
 * @param classes the number of classes; 0 unless all training images have labels
 */
record GenerateSets(String name, Dataset train, Dataset validation, Dataset test, int classes) {
  /** The name of the digits bundled with the examples. */
  static final String BUNDLED = "bundled digits";

  /** The default number of distorted copies of each bundled digit. */
  private static final int COPIES = 9;

  static GenerateSets of(ImageSets images, long seed, double trainingFraction) {
    List<Dataset> parts = images.train().split(seed, trainingFraction);
    return new GenerateSets(
        images.name(), parts.get(0), parts.get(1), images.test(), classes(images.train()));
  }

  private static int classes(Dataset images) {
    int classes = 0;
    for (int i = 0; i < images.size(); i++) {
      if (images.label(i) < 0) {
        return 0;
      }
      classes = Math.max(classes, images.label(i) + 1);
    }
    return classes;
  }

  /**
   * Returns the training images, followed by distorted copies.
   *
   * @param copies the number of copies of each image; null for the default
   */
  Dataset augmented(Integer copies, long seed) {
    int count = copies != null ? copies : name.equals(BUNDLED) ? COPIES : 0;
    return count == 0 ? train : new DistortedImages(train, count, seed);
  }

  @Override
  public String toString() {
    return String.format(
        "%s: %d training images, %d to choose the prior, and %d test images of %dx%d, %s, %s",
        name,
        train.size(),
        validation.size(),
        test.size(),
        train.height(),
        train.width(),
        train.channels() == 1 ? "grayscale" : "color",
        classes == 0 ? "without classes" : classes + " classes");
  }
}
