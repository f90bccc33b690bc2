package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.slf4j.Logger;

/**
 * Reads the binary version of CIFAR-10: color images of 32 x 32 pixels in ten classes.
 *
 * <pre>{@code
 * Cifar10Data cifar = Cifar10.download();
 * Dataset test = cifar.test(); // 10,000 images of [32, 32, 3]
 * String name = cifar.labelNames().get(test.label(0)); // "cat"
 * }</pre>
 *
 * <p>Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009. A file is a
 * sequence of records of 3073 bytes: the label, then the red, the green and the blue plane.
 */
public final class Cifar10 {
  private static final Logger LOG = Log.of(Cifar10.class);
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int IMAGE = 3 * PLANE;
  private static final int RECORD = 1 + IMAGE;
  private static final String TEST = "test_batch.bin";
  private static final List<String> TRAIN =
      IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();
  private static final List<String> LABEL_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final List<URI> MIRRORS = List.of(URI.create("https://www.cs.toronto.edu/~kriz/"));
  private static final RemoteFile ARCHIVE =
      new RemoteFile(
          "cifar-10-binary.tar.gz",
          170_052_171,
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          "cifar-10-batches-bin");

  private Cifar10() {}

  /**
   * Reads CIFAR-10 from the cache. If it is missing, it is downloaded and unpacked first (170 MB,
   * unpacked 184 MB).
   *
   * @return the images with their labels
   * @throws IOException as for {@link #download(DownloadConfig)}
   */
  public static Cifar10Data download() throws IOException {
    return download(DownloadConfig.defaults());
  }

  /**
   * Reads CIFAR-10 from the cache folder {@code cifar-10/cifar-10-batches-bin}. If it is missing,
   * the archive is downloaded, verified by SHA-256 and unpacked. Interrupted downloads are resumed.
   * An archive of this name that exists already, for example because it was copied there by hand,
   * is verified as well; if its content differs, it is renamed and a warning is logged. There is
   * one mirror, that of the authors; {@link DownloadConfig#mirrors} sets others.
   *
   * @param config the cache, mirrors and further settings
   * @return the images with their labels
   * @throws BadFileException if the archive cannot be unpacked
   * @throws IOException if the archive cannot be downloaded from any mirror (the message contains
   *     the error of each one and what to do), or the cache cannot be read or written
   */
  public static Cifar10Data download(DownloadConfig config) throws IOException {
    Path folder = Downloads.fetch("cifar-10", List.of(ARCHIVE), MIRRORS, config);
    return in(folder.resolve(ARCHIVE.unpacked()));
  }

  /**
   * Reads {@code data_batch_1.bin} to {@code data_batch_5.bin}, as many as exist, and {@code
   * test_batch.bin}. The training batches that were found are logged.
   *
   * @param folder the folder of these files, usually {@code cifar-10-batches-bin}
   * @return the images with their labels
   * @throws NoSuchFileException if there is no training batch or no test batch; the message lists
   *     the names that were tried
   * @throws BadFileException if the size of a file is not a multiple of the record size or a label
   *     is above 9
   * @throws IOException if a file cannot be read
   */
  public static Cifar10Data in(Path folder) throws IOException {
    List<Path> train = TRAIN.stream().map(folder::resolve).filter(Files::isRegularFile).toList();
    Path test = folder.resolve(TEST);
    if (train.isEmpty() || !Files.isRegularFile(test)) {
      throw new NoSuchFileException(
          FileNames.path(folder),
          null,
          (Files.isDirectory(folder) ? "files are missing" : "there is no such folder")
              + "; looked in "
              + FileNames.path(folder.toAbsolutePath())
              + " for "
              + (train.isEmpty() ? "one or more of " + String.join(", ", TRAIN) + ", and " : "")
              + TEST
              + "; put the binary version of CIFAR-10 there, or pass the folder that contains it"
              + FileNames.hint(folder));
    }
    Cifar10Data data = new Cifar10Data(read(train), read(List.of(test)), LABEL_NAMES);
    LOG.info(
        "CIFAR-10 in {}: {} of {} training batches found ({}), {} training and {} test images",
        folder,
        train.size(),
        TRAIN.size(),
        String.join(", ", train.stream().map(file -> file.getFileName().toString()).toList()),
        data.train().size(),
        data.test().size());
    return data;
  }

  private static ByteImages read(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += checkedSize(file);
      if (bytes > Integer.MAX_VALUE - 8) {
        throw new BadFileException(
            file,
            "end of file",
            "got "
                + bytes
                + " bytes up to this file, expected at most "
                + (Integer.MAX_VALUE - 8)
                + "; these files are not CIFAR-10, check the folder");
      }
    }
    int count = (int) (bytes / RECORD);
    byte[] pixels =
        HeapMemory.guard(
            () -> "CIFAR-10 of " + count + " images,",
            (long) count * IMAGE,
            () -> new byte[count * IMAGE]);
    int[] labels = new int[count];
    int image = 0;
    for (Path file : files) {
      int records = (int) (checkedSize(file) / RECORD);
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        for (int i = 0; i < records; i++, image++) {
          labels[image] = readRecord(file, i, in.readNBytes(RECORD), pixels, image * IMAGE);
        }
      }
    }
    return ByteImages.of(pixels, count, SIDE, SIDE, 3).withLabels(labels);
  }

  private static long checkedSize(Path file) throws IOException {
    long size = Files.size(file);
    if (size == 0 || size % RECORD != 0) {
      throw new BadFileException(
          file,
          "end of file",
          "got "
              + size
              + " bytes, expected a multiple of "
              + RECORD
              + "; the file is truncated or not of the binary version, download it again");
    }
    return size;
  }

  /** Copies one record's planes to {@code pixels}, channels last, and returns its label. */
  private static int readRecord(Path file, int index, byte[] record, byte[] pixels, int offset)
      throws BadFileException {
    String location = "record " + index + " (byte " + (long) index * RECORD + ")";
    if (record.length < RECORD) {
      throw new BadFileException(
          file,
          location,
          "got "
              + record.length
              + " bytes, expected "
              + RECORD
              + "; the file was truncated while being read, download it again");
    }
    int label = record[0] & 0xff;
    if (label >= LABEL_NAMES.size()) {
      throw new BadFileException(
          file,
          location,
          "got label "
              + label
              + ", expected 0 to 9; the file is corrupt or not of the binary"
              + " version of CIFAR-10, download it again");
    }
    for (int pixel = 0; pixel < PLANE; pixel++) {
      for (int channel = 0; channel < 3; channel++) {
        pixels[offset + 3 * pixel + channel] = record[1 + channel * PLANE + pixel];
      }
    }
    return label;
  }
}
