package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The image files under a folder, in the order of their names, which is the same on every system.
 *
 * @param files those that end as an image does
 * @param labels of each file the number of its subfolder, -1 for one beside the subfolders
 * @param labelNames the names of the subfolders, sorted
 * @param others how many other files there are
 */
record ImageListing(List<Path> files, int[] labels, List<String> labelNames, int others) {
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".bmp");

  /**
   * Looks through a folder and all below it, also behind links. What begins with a dot is passed
   * over.
   *
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if it holds no image files
   * @throws IOException if a folder cannot be read
   */
  static ImageListing of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(
          folder.toString(),
          null,
          "there is no such folder, expected one of images; check the path, in full "
              + folder.toAbsolutePath());
    }
    List<Path> files = new ArrayList<>();
    IntStream.Builder labels = IntStream.builder();
    List<String> labelNames = new ArrayList<>();
    int others = 0;
    Path root = folder.toAbsolutePath().normalize();
    for (Path path : sorted(root)) {
      boolean below = path.getNameCount() > root.getNameCount() + 1;
      if (Files.isDirectory(path)) {
        if (!below) {
          labelNames.add(path.getFileName().toString());
        }
      } else if (ENDINGS.stream().anyMatch(lowerCase(path)::endsWith)) {
        files.add(path);
        // A subfolder comes right before all that is in it.
        labels.add(below ? labelNames.size() - 1 : -1);
      } else {
        others++;
      }
    }
    if (files.isEmpty()) {
      throw new BadFileException(
          folder,
          "folder",
          "got no image among "
              + others
              + " files, expected one or more that end in "
              + String.join(", ", ENDINGS)
              + "; convert them, or give the folder that holds the images");
    }
    return new ImageListing(
        List.copyOf(files), labels.build().toArray(), List.copyOf(labelNames), others);
  }

  /** All files and folders below one, sorted; the names along a path are compared one by one. */
  private static List<Path> sorted(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    addAll(folder, found);
    found.sort(Comparator.comparing(path -> path.toString().replace(separator(path), "\0")));
    return found.subList(1, found.size());
  }

  /** A folder and all below it; what is hidden may be unreadable and is not touched. */
  private static void addAll(Path folder, List<Path> found) throws IOException {
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            if (!path.equals(folder) && isHidden(path)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            found.add(path);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
            if (!isHidden(path)) {
              found.add(path);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path path, IOException problem)
              throws IOException {
            if (isHidden(path)) {
              return FileVisitResult.CONTINUE;
            }
            throw problem;
          }
        });
  }

  private static String separator(Path path) {
    return path.getFileSystem().getSeparator();
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static String lowerCase(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
