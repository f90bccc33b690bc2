package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of one kind in a folder, selected by file name extension, in the order of their paths:
 * the names along the paths are compared by {@link String#compareTo}, so the order is the same on
 * every system and in every locale.
 *
 * <p>Other contents of the folder are not an error: hidden files and folders, broken links,
 * unreadable paths and files with other extensions are ignored and reported. A folder is listed
 * once, even if several links point to it, and at its real location if that is inside the folder;
 * therefore cycles of links are harmless. Links to an enclosing folder, such as {@code /}, are not
 * followed.
 *
 * @param folder the folder
 * @param files the absolute paths of one or more files, unmodifiable
 * @param ignored the ignored paths, in order, unmodifiable: the first 1,000 of each kind and the
 *     number of further ones; the contents of hidden folders are not listed
 */
public record FolderListing(Path folder, List<Path> files, List<IgnoredPath> ignored) {
  private static final List<String> SOUNDS = List.of(".wav");

  /** Copies the lists. */
  public FolderListing {
    files = List.copyOf(files);
    ignored = List.copyOf(ignored);
  }

  /**
   * Lists the image files in a folder that {@link Images#read} supports, without those in
   * subfolders.
   *
   * @param folder the folder
   * @return the files whose names end in .png, .jpg, .jpeg, .jpe, .jfif, .bmp or another extension
   *     that a reader of ImageIO has: .gif, .tif, .tiff and .wbmp in the JDK, others with plugins
   * @throws NoSuchFileException if the folder does not exist
   * @throws BadFileException if the folder contains no image files
   * @throws IOException if the folder cannot be read
   */
  public static FolderListing images(Path folder) throws IOException {
    return new FolderSearch("image", RegisteredFormats.extensions(), false).in(folder);
  }

  /** Lists the image files in a folder and all its subfolders. */
  static FolderListing imagesBelow(Path folder) throws IOException {
    return new FolderSearch("image", RegisteredFormats.extensions(), true).in(folder);
  }

  /**
   * Lists the audio files in a folder that {@link io.github.vqvae4j.data.series.WavFiles#read}
   * supports, without those in subfolders.
   *
   * @param folder the folder
   * @return the files whose names end in .wav
   * @throws NoSuchFileException if the folder does not exist
   * @throws BadFileException if the folder contains no such files
   * @throws IOException if the folder cannot be read
   */
  public static FolderListing wavFiles(Path folder) throws IOException {
    return new FolderSearch("WAV", SOUNDS, false).in(folder);
  }

  /**
   * Returns the direct subfolder that contains a file at any depth.
   *
   * @return the name, or null for a file directly in the folder
   */
  String subfolder(Path file) {
    int depth = folder.toAbsolutePath().getNameCount();
    return file.getNameCount() > depth + 1 ? FileNames.name(file.getName(depth)) : null;
  }

  /** Returns the number of files, the folder and a summary of the ignored paths. */
  @Override
  public String toString() {
    return Counts.of(files.size(), "file")
        + " in "
        + FileNames.path(folder)
        + "; ignored: "
        + IgnoredPath.summary(ignored);
  }
}
