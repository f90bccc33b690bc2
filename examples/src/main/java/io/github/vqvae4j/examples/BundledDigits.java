package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.datasets.Idx;
import io.github.vqvae4j.data.datasets.MnistData;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The handwritten digits bundled with the examples: 5,000 training and 1,000 test images of 28x28
 * pixels from MNIST's training set, with equally many images of each digit. Their README describes
 * the selection.
 */
final class BundledDigits {
  private static final String FOLDER = "/digits";

  private BundledDigits() {}

  /** Reads the digits from a class folder or a jar. */
  static MnistData read() throws IOException {
    URL folder = BundledDigits.class.getResource(FOLDER);
    if (folder == null) {
      throw new NoSuchFileException(
          FOLDER, null, "the bundled digits are not on the class path; rebuild the examples");
    }
    try {
      URI uri = folder.toURI();
      if (!uri.getScheme().equals("jar")) {
        return read(Path.of(uri));
      }
      try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
        return read(jar.getPath(FOLDER));
      }
    } catch (URISyntaxException e) {
      throw new IOException("Cannot read the bundled digits from " + folder, e);
    }
  }

  private static MnistData read(Path folder) throws IOException {
    return new MnistData(
        Idx.read(folder.resolve("train-images.idx3.gz"), folder.resolve("train-labels.idx1.gz")),
        Idx.read(folder.resolve("test-images.idx3.gz"), folder.resolve("test-labels.idx1.gz")));
  }
}
