package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * MNIST, and sets that come in files of the same names, such as Fashion-MNIST.
 *
 * <p>LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
 * 1998.
 */
public final class Mnist {
  private static final List<String> PARTS =
      List.of("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1");

  private Mnist() {}

  /**
   * Reads the four files in a folder. Each may be plain or gzip, and named with a dash or, as some
   * copies are, a dot: {@code train-images-idx3-ubyte}, {@code train-images-idx3-ubyte.gz}, {@code
   * train-images.idx3-ubyte}, {@code train-images.idx3-ubyte.gz}.
   *
   * @param folder the folder
   * @return the images with their labels
   * @throws NoSuchFileException if the folder or some of the files are missing; the message lists
   *     all names that were looked for
   * @throws BadFileException if a file is not sound
   * @throws IOException if a file cannot be read
   */
  public static MnistData in(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String part : PARTS) {
      List<String> names = names(part);
      names.stream()
          .map(folder::resolve)
          .filter(Files::isRegularFile)
          .findFirst()
          .ifPresentOrElse(files::add, () -> missing.add(String.join(" or ", names)));
    }
    if (!missing.isEmpty()) {
      String what = Files.isDirectory(folder) ? "files are missing" : "there is no such folder";
      throw new NoSuchFileException(
          folder.toString(),
          null,
          what
              + "; looked in "
              + folder.toAbsolutePath()
              + " for "
              + String.join(", ", missing)
              + "; put the files of MNIST there, or give the folder that holds them");
    }
    return new MnistData(
        Idx.read(files.get(0), files.get(1)), Idx.read(files.get(2), files.get(3)));
  }

  private static List<String> names(String part) {
    String dashed = part + "-ubyte";
    String dotted = dashed.replace("-idx", ".idx");
    return List.of(dashed, dashed + ".gz", dotted, dotted + ".gz");
  }
}
