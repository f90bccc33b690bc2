package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {
  @TempDir Path folder;

  @Test
  void realMnistIsRead() throws IOException {
    MnistData mnist = Mnist.in(RealData.folder("mnist"));
    assertEquals("60000 images [28, 28, 1] with labels", mnist.train().toString());
    assertEquals("10000 images [28, 28, 1] with labels", mnist.test().toString());
    // The published first labels, counts of a digit, mean 0.1307 and standard deviation 0.3081.
    assertArrayEquals(new int[] {5, 0, 4, 1, 9}, firstLabels(mnist.train()));
    assertArrayEquals(new int[] {7, 2, 1, 0, 4}, firstLabels(mnist.test()));
    assertEquals(6742, count(mnist.train(), 1));
    assertEquals(0.3081, Math.sqrt(mnist.train().variance()), 5e-5);
  }

  @Test
  void plainAndDottedNamesAreFound() throws IOException {
    write("train-images.idx3-ubyte", 2051, 1, 1, 1);
    write("train-labels-idx1-ubyte", 2049, 1);
    write("t10k-images-idx3-ubyte", 2051, 1, 1, 1);
    write("t10k-labels.idx1-ubyte.gz", 2049, 1);
    MnistData data = Mnist.in(folder);
    assertEquals(1, data.train().size());
    assertEquals(7, data.test().label(0));
  }

  @Test
  void missingFilesAreListedWithAllTriedNames() throws IOException {
    write("train-images-idx3-ubyte", 2051, 1, 1, 1);
    write("train-labels-idx1-ubyte", 2049, 1);
    NoSuchFileException e = assertThrows(NoSuchFileException.class, () -> Mnist.in(folder));
    assertMessageContains(
        e,
        folder.toString(),
        "files are missing",
        "t10k-images-idx3-ubyte or t10k-images-idx3-ubyte.gz or t10k-images.idx3-ubyte",
        "t10k-labels-idx1-ubyte",
        "put the files of MNIST there");
    assertEquals(-1, e.getMessage().indexOf("train-"));
  }

  @Test
  void missingFolderIsNamed() {
    Path missing = folder.resolve("none");
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Mnist.in(missing)),
        missing.toString(),
        "there is no such folder",
        "train-images-idx3-ubyte.gz");
  }

  @Test
  void corruptFileIsNamed() throws IOException {
    write("train-images-idx3-ubyte", 2051, 1, 1, 1);
    write("train-labels-idx1-ubyte", 2051, 1, 1, 1);
    write("t10k-images-idx3-ubyte", 2051, 1, 1, 1);
    write("t10k-labels-idx1-ubyte", 2049, 1);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> Mnist.in(folder)),
        folder.resolve("train-labels-idx1-ubyte").toString(),
        "swapped");
  }

  /** An IDX file of one byte, 7. */
  private void write(String name, int magic, int... sizes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + 1).putInt(magic);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    Files.write(folder.resolve(name), bytes.put((byte) 7).array());
  }

  private static int[] firstLabels(Dataset data) {
    int[] labels = new int[5];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = data.label(i);
    }
    return labels;
  }

  static int count(Dataset data, int label) {
    int count = 0;
    for (int i = 0; i < data.size(); i++) {
      count += data.label(i) == label ? 1 : 0;
    }
    return count;
  }
}
