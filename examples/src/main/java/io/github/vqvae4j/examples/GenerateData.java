package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What identifies the images of a run of {@link GenerateCommand}, so that other ones are not mixed
 * with its results.
 *
 * @param train the number of training images
 * @param validation the number of images to choose the priors
 * @param test the number of test images
 * @param shape height, width and channels
 * @param checksum the CRC-32C of all labels and of the pixels of some images
 */
record GenerateData(int train, int validation, int test, List<Integer> shape, long checksum) {
  static final String FILE = "data.json";

  /** The number of images of a set whose pixels are read. */
  private static final int IMAGES = 20;

  static GenerateData of(GenerateSets sets) {
    CRC32C sum = new CRC32C();
    for (Dataset images : List.of(sets.train(), sets.validation(), sets.test())) {
      ByteBuffer labels = ByteBuffer.allocate(Math.multiplyExact(Integer.BYTES, images.size()));
      for (int i = 0; i < images.size(); i++) {
        labels.putInt(images.label(i));
      }
      sum.update(labels.flip());
      float[] pixels = Images.from(Spread.of(images, IMAGES)).pixels();
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, pixels.length));
      bytes.asFloatBuffer().put(pixels);
      sum.update(bytes);
    }
    return new GenerateData(
        sets.train().size(),
        sets.validation().size(),
        sets.test().size(),
        sets.train().exampleShape(),
        sum.getValue());
  }

  void write(Path file) throws IOException {
    RecordFile.write(file, this);
  }

  /** Throws if the run that is resumed has other images. */
  void requireSame(OutputFolder folder) throws IOException {
    Path file = folder.file(FILE);
    if (Files.exists(file) && !RecordFile.read(file, GenerateData.class, "generate").equals(this)) {
      throw new IOException(
          folder.displayPath()
              + ": expected the images of the run that is resumed, got others; pass their new location"
              + " with --data, or start a new run");
    }
  }
}
