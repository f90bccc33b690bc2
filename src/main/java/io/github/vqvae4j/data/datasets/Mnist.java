package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads MNIST and datasets with the same file names, such as Fashion-MNIST.
 *
 * <pre>{@code
 * MnistData mnist = Mnist.download();
 * Dataset train = mnist.train();
 * Dataset test = mnist.test();
 * }</pre>
 *
 * <p>LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition",
 * 1998.
 */
public final class Mnist {
  private static final List<String> PARTS =
      List.of("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1");

  private static final List<URI> MIRRORS =
      List.of(
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));
  private static final List<RemoteFile> FILES =
      List.of(
          RemoteFile.of(
              "train-images-idx3-ubyte.gz",
              9_912_422,
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
          RemoteFile.of(
              "train-labels-idx1-ubyte.gz",
              28_881,
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
          RemoteFile.of(
              "t10k-images-idx3-ubyte.gz",
              1_648_877,
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
          RemoteFile.of(
              "t10k-labels-idx1-ubyte.gz",
              4_542,
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"));

  private Mnist() {}

  /**
   * Reads MNIST from the cache. Missing files are downloaded first (12 MB).
   *
   * @return the images with their labels
   * @throws IOException as for {@link #download(DownloadConfig)}
   */
  public static MnistData download() throws IOException {
    return download(DownloadConfig.defaults());
  }

  /**
   * Reads MNIST from the cache folder {@code mnist}. Missing files are downloaded first and
   * verified by SHA-256. Interrupted downloads are resumed. There are two mirrors, those of PyTorch
   * and TensorFlow.
   *
   * @param config the cache, mirrors and further settings
   * @return the images with their labels
   * @throws IOException if a file cannot be downloaded from any mirror (the message contains the
   *     error of each one and what to do), or the cache cannot be read or written
   */
  public static MnistData download(DownloadConfig config) throws IOException {
    return in(Downloads.fetch("mnist", FILES, MIRRORS, config));
  }

  /**
   * Reads the four files in a folder. Each may be plain or compressed with gzip, and its name may
   * contain a dash or, as in some copies, a dot: {@code train-images-idx3-ubyte}, {@code
   * train-images-idx3-ubyte.gz}, {@code train-images.idx3-ubyte}, {@code
   * train-images.idx3-ubyte.gz}.
   *
   * @param folder the folder
   * @return the images with their labels
   * @throws NoSuchFileException if the folder or some of the files are missing; the message lists
   *     all names that were tried
   * @throws BadFileException if a file is corrupt
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
      String problem = Files.isDirectory(folder) ? "files are missing" : "there is no such folder";
      throw new NoSuchFileException(
          FileNames.path(folder),
          null,
          problem
              + "; looked in "
              + FileNames.path(folder.toAbsolutePath())
              + " for "
              + String.join(", ", missing)
              + "; put the files of MNIST there, or pass the folder that contains them"
              + FileNames.hint(folder));
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
