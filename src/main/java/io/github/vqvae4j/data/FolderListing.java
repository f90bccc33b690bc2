package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one kind in a folder, told by the ends of their names, in the order of their paths:
 * name by name as {@link String#compareTo} has it, the same on every system and in every locale.
 *
 * <p>Nothing in the folder is an error: hidden files and folders, broken links, what may not be
 * read and what ends otherwise is passed over, and named. A folder is looked into once, however
 * many links lead to it, and at its own place if that is in the folder; so a loop of links is a
 * link like any other. A link to a folder that this one lies in, such as {@code /}, is not
 * followed.
 *
 * @param folder the folder
 * @param files one or more, absolute paths, unmodifiable
 * @param ignored what else is there, in the order of the paths, unmodifiable, of each kind the
 *     first 1,000 with a count of the rest; what is in a hidden folder is not looked at
 */
public record FolderListing(Path folder, List<Path> files, List<IgnoredPath> ignored) {
  private static final List<String> IMAGES =
      List.of(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp");
  private static final List<String> SOUNDS = List.of(".wav");

  /** Copies the lists. */
  public FolderListing {
    files = List.copyOf(files);
    ignored = List.copyOf(ignored);
  }

  /**
   * Lists the images in a folder, as {@link Images#read} reads them, but not those in its
   * subfolders.
   *
   * @param folder the folder
   * @return its files that end in .png, .jpg, .jpeg, .jpe, .jfif or .bmp
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if it holds no image files
   * @throws IOException if the folder cannot be read
   */
  public static FolderListing images(Path folder) throws IOException {
    return new FolderSearch("image", IMAGES, false).in(folder);
  }

  /** The same with those in all subfolders. */
  static FolderListing imagesBelow(Path folder) throws IOException {
    return new FolderSearch("image", IMAGES, true).in(folder);
  }

  /**
   * Lists the sounds in a folder, as {@link WavFiles#read} reads them, but not those in its
   * subfolders.
   *
   * @param folder the folder
   * @return its files that end in .wav
   * @throws NoSuchFileException if there is no such folder
   * @throws BadFileException if it holds no such files
   * @throws IOException if the folder cannot be read
   */
  public static FolderListing sounds(Path folder) throws IOException {
    return new FolderSearch("sound", SOUNDS, false).in(folder);
  }

  /**
   * The name of the subfolder that a file is in, at whatever depth.
   *
   * @return the name, or null for a file beside the subfolders
   */
  String subfolder(Path file) {
    int depth = folder.toAbsolutePath().getNameCount();
    return file.getNameCount() > depth + 1 ? FileNames.name(file.getName(depth)) : null;
  }

  /** How many files there are, where, and what was passed over. */
  @Override
  public String toString() {
    return Counts.of(files.size(), "file")
        + " in "
        + FileNames.path(folder)
        + "; passed over: "
        + IgnoredPath.summary(ignored);
  }
}
