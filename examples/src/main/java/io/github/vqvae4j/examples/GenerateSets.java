package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.Counts;
import java.util.BitSet;
import java.util.List;

/**
 * The images of {@link GenerateCommand}.
 *
 * @param name the name to display
 * @param train the training images
 * @param validation training images that are held out to choose the weights of the priors
 * @param test the images with which the results are compared
 * @param classes the number of classes; 0 unless all images have labels
 */
record GenerateSets(String name, Dataset train, Dataset validation, Dataset test, int classes) {
  /** The name of the digits bundled with the examples. */
  static final String BUNDLED = "bundled digits";

  /** The default number of distorted copies of each bundled digit. */
  private static final int COPIES = 9;

  /** The minimum number of training images, so that some can be held out. */
  private static final int MIN_IMAGES = 10;

  /**
   * Holds out some of the training images.
   *
   * @throws IllegalArgumentException if there are too few images, their sides do not fit the
   *     models, or there are test images of a class without training images
   */
  static GenerateSets of(ImageSets images, long seed, double trainingFraction) {
    Dataset train = images.train();
    if (train.size() < MIN_IMAGES || images.test().size() == 0) {
      throw new IllegalArgumentException(
          String.format(
              "%s: expected %d or more training images and one or more test images, got %d and %d;"
                  + " add more",
              images.name(), MIN_IMAGES, train.size(), images.test().size()));
    }
    if (train.height() % ImageCodes.DIVISOR != 0 || train.width() % ImageCodes.DIVISOR != 0) {
      throw new IllegalArgumentException(
          String.format(
              "%s: expected images whose height and width are multiples of %d, got %dx%d; scale or"
                  + " pad them",
              images.name(), ImageCodes.DIVISOR, train.height(), train.width()));
    }
    List<Dataset> parts = train.split(seed, trainingFraction);
    int classes = classes(images, parts.get(0));
    return new GenerateSets(images.name(), parts.get(0), parts.get(1), images.test(), classes);
  }

  /**
   * Returns the number of classes; 0 if an image has no label.
   *
   * @param trained the images that the models are trained on
   */
  private static int classes(ImageSets images, Dataset trained) {
    BitSet all = new BitSet();
    if (!addLabels(images.train(), all) || !addLabels(images.test(), all)) {
      return 0;
    }
    BitSet known = new BitSet();
    addLabels(trained, known);
    BitSet untrained = new BitSet();
    untrained.set(0, all.length());
    untrained.andNot(known);
    if (!untrained.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "%s: expected training images of each of the classes 0 to %d (the subfolders of a folder,"
                  + " in alphabetical order), got none of %s after holding some out; add images, or"
                  + " remove these classes",
              images.name(), all.length() - 1, untrained));
    }
    return all.length();
  }

  /** Adds the labels of images to a set, and returns whether all have one. */
  private static boolean addLabels(Dataset images, BitSet labels) {
    for (int i = 0; i < images.size(); i++) {
      if (images.label(i) < 0) {
        return false;
      }
      labels.set(images.label(i));
    }
    return true;
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
        classes == 0 ? "without classes" : Counts.of(classes, "class", "classes"));
  }
}
