package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.image.IgnoredPath.Kind;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * A dataset of the image files in a folder and its subfolders, of the formats that {@link
 * Images#read} supports, all scaled and cropped to one size.
 *
 * <pre>{@code
 * ImageFolder flowers = ImageFolder.in(Path.of("flowers"), ImageFolderConfig.of(64));
 * }</pre>
 *
 * <p>The label names are the sorted names of the direct subfolders that contain images at any
 * depth: {@code flowers/rose/7.jpg} has the label of {@code rose}; an image directly in the folder
 * has no label. Subfolders whose names differ only in Unicode normalization (é as one code point or
 * two) are the same label. A subfolder without images, such as {@code __MACOSX}, is not a label. A
 * test folder may lack a class. To give it the same labels, pass the label names of the training
 * folder:
 *
 * <pre>{@code
 * ImageFolder test = ImageFolder.in(
 *     Path.of("flowers-test"), ImageFolderConfig.of(64).labels(flowers.labelNames()));
 * }</pre>
 *
 * <p>Images are in the order of their paths (see {@link FolderListing}). Names that begin with a
 * dot, files with other extensions, broken links and more (see {@link IgnoredPath.Kind}) are
 * ignored; the log and {@link #ignored} report their number and names.
 *
 * <p>Images are decoded as by {@link Images#read}: transparent pixels are blended with white; color
 * profiles are ignored; the EXIF orientation is followed unless {@link
 * ImageFolderConfig#exifOrientation} is off. An image of more than 64 million pixels is treated as
 * unreadable; its size is taken from its header, before memory is allocated for its pixels. Values
 * are rounded to bytes.
 */
public final class ImageFolder implements Dataset {
  private static final Logger LOG = Log.of(ImageFolder.class);
  private static final int MAX_NAMED = 10;

  private final Path folder;
  private final Dataset images;
  private final List<String> labelNames;
  private final List<SkippedFile> skipped;
  private final List<IgnoredPath> ignored;

  private ImageFolder(
      FolderListing listing, Dataset images, List<String> labelNames, List<SkippedFile> skipped) {
    this.folder = listing.folder();
    this.images = images;
    this.labelNames = labelNames;
    this.skipped = skipped;
    this.ignored = listing.ignored();
  }

  /**
   * Opens a folder. Images held in memory are read immediately, on all cores. Streamed images are
   * read on each access, which throws {@link java.io.UncheckedIOException} if an image cannot be
   * read. With {@code skipCorrupt}, streamed images are also read once when the folder is opened,
   * to find the corrupt ones. A summary is logged.
   *
   * @param folder the folder
   * @param config the size of the images and further settings
   * @return the images
   * @throws NoSuchFileException if the folder does not exist
   * @throws BadFileException if the folder contains no image files, one of them is corrupt or not
   *     an image (without {@code skipCorrupt}), all of them are (with {@code skipCorrupt}), or one
   *     is in a subfolder that is not among the labels of the settings
   * @throws IOException if a file or folder cannot be read
   * @throws IllegalArgumentException if images held in memory do not fit into one array
   * @throws InsufficientMemoryException if the heap is too small for the images held in memory, or
   *     for a single image even when it is read alone (also with {@code skipCorrupt})
   */
  public static ImageFolder in(Path folder, ImageFolderConfig config) throws IOException {
    long startNanos = System.nanoTime();
    FolderListing listing = FolderListing.imagesBelow(folder);
    List<String> subfolders = listing.files().stream().map(listing::subfolder).toList();
    List<String> labelNames = labelNames(folder, subfolders, config);
    Map<String, Integer> labelIndices = new HashMap<>();
    labelNames.forEach(name -> labelIndices.put(name, labelIndices.size()));
    int[] allLabels =
        subfolders.stream().mapToInt(name -> labelIndices.getOrDefault(name, -1)).toArray();
    int count = listing.files().size();
    if (config.streamed() && !config.skipCorrupt()) {
      Dataset images = new StreamedImages(listing.files(), allLabels, config);
      return opened(
          startNanos, config, new ImageFolder(listing, images, labelNames, List.of()), count);
    }
    byte[] pixels = config.streamed() ? null : pixels(count, config);
    IOException[] errors = readAll(listing.files(), config, pixels);
    List<SkippedFile> skipped = new ArrayList<>();
    int[] readable = IntStream.range(0, count).filter(i -> errors[i] == null).toArray();
    for (int i = 0; i < count; i++) {
      if (errors[i] != null) {
        if (!config.skipCorrupt()) {
          throw withRemedy(errors[i]);
        }
        Path file = listing.files().get(i);
        skipped.add(new SkippedFile(file, reason(file, errors[i])));
      }
    }
    if (readable.length == 0) {
      throw new BadFileException(
          folder,
          "folder",
          "got "
              + Counts.of(
                  count, "image file that cannot be read", "image files, none of which can be read")
              + ", expected one or more readable images; the first error is: "
              + skipped.get(0).reason());
    }
    int[] labels = IntStream.of(readable).map(i -> allLabels[i]).toArray();
    Dataset images =
        config.streamed()
            ? new StreamedImages(
                IntStream.of(readable).mapToObj(listing.files()::get).toList(), labels, config)
            : held(pixels, readable, labels, config);
    return opened(
        startNanos,
        config,
        new ImageFolder(listing, images, labelNames, List.copyOf(skipped)),
        count);
  }

  /**
   * Returns the label names.
   *
   * @param subfolders the name of each image's subfolder, or null if it is in none
   */
  private static List<String> labelNames(
      Path folder, List<String> subfolders, ImageFolderConfig config) throws BadFileException {
    List<String> found = subfolders.stream().filter(Objects::nonNull).distinct().sorted().toList();
    if (config.labels().isEmpty()) {
      return found;
    }
    List<String> others = found.stream().filter(name -> !config.labels().contains(name)).toList();
    if (!others.isEmpty()) {
      throw new BadFileException(
          folder,
          "subfolders",
          "got images in "
              + MessageText.escaped(String.join(", ", others))
              + ", expected subfolders among the labels "
              + MessageText.escaped(String.join(", ", config.labels()))
              + "; move these images, or add the subfolders to ImageFolderConfig.labels");
    }
    return config.labels();
  }

  private static String reason(Path file, IOException error) {
    boolean explained =
        error instanceof BadFileException
            || error instanceof FileSystemException system && system.getReason() != null;
    return explained ? error.getMessage() : FileNames.path(file) + ": " + error;
  }

  private static IOException withRemedy(IOException error) {
    return error instanceof BadFileException bad
        ? new BadFileException(
            bad.file(),
            bad.location(),
            bad.problem() + "; or skip such files with skipCorrupt(true)",
            bad)
        : error;
  }

  /** Allocates the pixels of all images, to be held in memory. */
  private static byte[] pixels(int count, ImageFolderConfig config) {
    try {
      int length = Checks.length(count, config.height(), config.width(), config.channels());
      return HeapMemory.guard(
          () -> "ImageFolder of " + count + " images held in memory",
          length,
          () -> new byte[length]);
    } catch (InsufficientMemoryException e) {
      throw e.withAdditionalAdvice("Or read the images from their files with streamed(true).");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ", or read the images from their files with streamed(true)", e);
    }
  }

  /**
   * Reads all files, into {@code pixels} if it is not null, and returns the exception of each file,
   * or null. Unless corrupt files are skipped, only files before the first failure are read after
   * it, so that the same file is reported every time. Files for which memory was insufficient while
   * others were being read are read again, one at a time.
   */
  private static IOException[] readAll(List<Path> files, ImageFolderConfig config, byte[] pixels) {
    IOException[] errors = new IOException[files.size()];
    AtomicInteger end = new AtomicInteger(errors.length);
    Set<Integer> retries = new ConcurrentSkipListSet<>();
    IntConsumer read =
        i -> {
          try {
            byte[] image = StreamedImages.read(files.get(i), config);
            if (pixels != null) {
              System.arraycopy(image, 0, pixels, i * image.length, image.length);
            }
          } catch (IOException e) {
            errors[i] = e;
            if (!config.skipCorrupt()) {
              end.accumulateAndGet(i, Math::min);
            }
          }
        };
    IntStream.range(0, errors.length)
        .parallel()
        .filter(i -> i < end.get())
        .forEach(
            i -> {
              try {
                read.accept(i);
              } catch (InsufficientMemoryException e) {
                LOG.debug(
                    "Insufficient memory; the image is read again when no other is being read", e);
                retries.add(i);
              }
            });
    retries.stream().takeWhile(i -> i < end.get()).forEach(read::accept);
    return errors;
  }

  /** Returns the readable images, moved to the start of the array. */
  private static ByteImages held(
      byte[] pixels, int[] readable, int[] labels, ImageFolderConfig config) {
    int length = config.height() * config.width() * config.channels();
    for (int i = 0; i < readable.length; i++) {
      System.arraycopy(pixels, readable[i] * length, pixels, i * length, length);
    }
    byte[] whole =
        readable.length * length == pixels.length
            ? pixels
            : Arrays.copyOf(pixels, readable.length * length);
    return ByteImages.of(whole, readable.length, config.height(), config.width(), config.channels())
        .withLabels(labels);
  }

  private static ImageFolder opened(
      long startNanos, ImageFolderConfig config, ImageFolder images, int files) {
    // An empty subfolder of a class shifts the labels of the others.
    boolean labelsFromSubfolders = config.labels().isEmpty();
    // Given label names imply that each image should have a label.
    boolean missingLabels = !labelsFromSubfolders && images.unlabeled() > 0;
    boolean warn =
        missingLabels
            || images.ignored.stream().anyMatch(IgnoredPath::isOtherImage)
            || images.ignored.stream()
                .map(IgnoredPath::kind)
                .anyMatch(
                    kind -> kind.isProblem() || labelsFromSubfolders && kind == Kind.EMPTY_FOLDER);
    LOG.atLevel(warn ? Level.WARN : Level.INFO)
        .log(
            "{}, opened in {} s; ignored: {}",
            images,
            Math.round((System.nanoTime() - startNanos) / 1e8) / 10.0,
            IgnoredPath.summary(images.ignored));
    List<SkippedFile> skipped = images.skipped;
    if (!skipped.isEmpty()) {
      LOG.warn(
          "Skipped {} of {} in {} because {} cannot be read: {}{}",
          skipped.size(),
          Counts.of(files, "image file"),
          FileNames.path(images.folder),
          skipped.size() == 1 ? "it" : "they",
          skipped.stream()
              .limit(MAX_NAMED)
              .map(SkippedFile::reason)
              .collect(Collectors.joining("; ")),
          skipped.size() > MAX_NAMED ? "; see ImageFolder.skipped() for the others" : "");
    }
    return images;
  }

  /**
   * Returns the label names.
   *
   * @return the sorted names of the subfolders with images, or the names given in the settings;
   *     label i is named {@code labelNames().get(i)}; empty if there are none; unmodifiable
   */
  public List<String> labelNames() {
    return labelNames;
  }

  /**
   * Returns the files that were skipped because they cannot be read.
   *
   * @return the files and the reasons, in the order of their paths, unmodifiable; empty unless
   *     {@code skipCorrupt} is set
   */
  public List<SkippedFile> skipped() {
    return skipped;
  }

  /**
   * Returns the files and subfolders that were ignored.
   *
   * @return the ignored paths in order, unmodifiable: the first 1,000 of each kind and the number
   *     of further ones; {@link IgnoredPath#summary} counts all of them
   */
  public List<IgnoredPath> ignored() {
    return ignored;
  }

  /** Returns the number of {@link #skipped} files. */
  @Override
  public int skippedFiles() {
    return skipped.size();
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public boolean isThreadSafe() {
    return true;
  }

  @Override
  public int height() {
    return images.height();
  }

  @Override
  public int width() {
    return images.width();
  }

  @Override
  public int channels() {
    return images.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    images.image(index, target, offset);
  }

  @Override
  public void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    images.rectangle(index, epoch, row, column, height, width, target, offset);
  }

  /**
   * Returns the label of an image.
   *
   * @return the index in {@link #labelNames}, or -1 for an image directly in the folder, which has
   *     no label
   */
  @Override
  public int label(int index) {
    return images.label(index);
  }

  private long unlabeled() {
    return IntStream.range(0, size()).filter(i -> label(i) < 0).count();
  }

  /**
   * Returns the number, shape, labels and folder: {@code 900 images [64, 64, 3], 5 labels, 2
   * unlabeled images, held in memory, in flowers}.
   */
  @Override
  public String toString() {
    long unlabeled = labelNames.isEmpty() ? 0 : unlabeled();
    return Counts.of(size(), "image")
        + " ["
        + height()
        + ", "
        + width()
        + ", "
        + channels()
        + "], "
        + Counts.of(labelNames.size(), "label")
        + (unlabeled == 0 ? "" : ", " + Counts.of(unlabeled, "unlabeled image"))
        + ", "
        + (images instanceof StreamedImages ? "streamed" : "held in memory")
        + ", in "
        + FileNames.path(folder);
  }
}
