package io.github.vqvae4j.data.datasets;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * Downloads Fashion-MNIST: grayscale images of 28 x 28 pixels, showing ten kinds of clothing. The
 * files are named as those of MNIST; {@link Mnist#in} reads existing files.
 *
 * <p>Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
 * learning algorithms", 2017.
 */
public final class FashionMnist {
  /** The names of the labels 0 to 9. */
  public static final List<String> LABEL_NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final List<URI> MIRRORS =
      List.of(
          URI.create(
              "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
          URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"));
  private static final List<RemoteFile> FILES =
      List.of(
          RemoteFile.of(
              "train-images-idx3-ubyte.gz",
              26_421_880,
              "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
          RemoteFile.of(
              "train-labels-idx1-ubyte.gz",
              29_515,
              "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
          RemoteFile.of(
              "t10k-images-idx3-ubyte.gz",
              4_422_102,
              "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
          RemoteFile.of(
              "t10k-labels-idx1-ubyte.gz",
              5_148,
              "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"));

  private FashionMnist() {}

  /**
   * Reads Fashion-MNIST from the cache. Missing files are downloaded first (31 MB).
   *
   * @return the images with their labels
   * @throws IOException as for {@link #download(DownloadConfig)}
   */
  public static MnistData download() throws IOException {
    return download(DownloadConfig.defaults());
  }

  /**
   * Reads Fashion-MNIST from the cache folder {@code fashion-mnist}. Missing files are downloaded
   * first and verified by SHA-256. Interrupted downloads are resumed. There are two mirrors, both
   * of the authors.
   *
   * @param config the cache, mirrors and further settings
   * @return the images with their labels
   * @throws IOException if a file cannot be downloaded from any mirror (the message contains the
   *     error of each one and what to do), or the cache cannot be read or written
   */
  public static MnistData download(DownloadConfig config) throws IOException {
    return Mnist.in(Downloads.fetch("fashion-mnist", FILES, MIRRORS, config));
  }
}
