package io.github.vqvae4j.model.internal;

import static java.util.stream.Collectors.joining;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.slf4j.Logger;

/**
 * A finished code file under the name that a call is to write. It is replaced if it was encoded by
 * another model, or from the same images.
 */
final class FinishedCodes implements Closeable {
  private static final Logger LOG = Log.ofProgress(ImageModel.class);

  private final String caller;
  private final Path file;

  /** Null if there is no file, or one of another model. */
  private final CodesSource finished;

  /**
   * Opens the file, if there is one, before the first image is encoded.
   *
   * @param caller the method, for messages
   * @param images the number of images of the call
   * @throws IllegalArgumentException if the file is of this model and another number of images, or
   *     of an unknown model
   * @throws BadFileException if it is not a code file, or a damaged one
   */
  FinishedCodes(String caller, Path file, ImageModel model, int images) throws IOException {
    this.caller = caller;
    this.file = file;
    finished = Files.exists(file) ? ofModel(open(), model) : null;
    if (finished != null && finished.size() != images) {
      try (finished) {
        throw different("this call has " + Counts.of(images, "image"));
      }
    }
  }

  private CodesSource open() throws IOException {
    try {
      return CodesSource.open(file);
    } catch (BadFileException e) {
      throw damaged(e);
    }
  }

  private BadFileException damaged(BadFileException e) {
    return new BadFileException(
        file,
        e.location(),
        "expected no file, or an intact code file of these images; choose another name, or delete"
            + " it to replace it: "
            + e.problem(),
        e);
  }

  /** Returns the file if it is of this model; closes it otherwise. */
  private CodesSource ofModel(CodesSource open, ImageModel model) throws IOException {
    if (open.modelHash().filter(model.weightHash()::equals).isPresent()) {
      return open;
    }
    try (open) {
      if (open.modelHash().isEmpty()) {
        throw new IllegalArgumentException(
            caller
                + ": expected a file of this model or another, got one whose codes do not name"
                + " their model: "
                + FileNames.path(file)
                + ". Write to another file, or delete this one to replace it.");
      }
      LOG.info(
          "{}: replacing {}, which was encoded by a model with other weights",
          caller,
          FileNames.path(file));
      return null;
    }
  }

  /** Returns whether there is a file of this model, which has to have the same codes. */
  boolean isCompared() {
    return finished != null;
  }

  /**
   * Checks codes before they are written.
   *
   * @param from the index of the first image
   * @param codes the codes and labels
   * @throws IllegalArgumentException if the file has others
   * @throws BadFileException if they are damaged in the file
   */
  void check(int from, Codes codes) throws IOException {
    if (finished != null) {
      int[] indices = IntStream.range(from, from + codes.count()).toArray();
      Codes existing = batch(indices);
      if (!size(existing).equals(size(codes))) {
        throw different("an image has " + size(existing) + ", one of this call has " + size(codes));
      }
      if (!existing.equals(codes)) {
        throw different(
            "the codes or labels of images "
                + from
                + " to "
                + (from + codes.count() - 1)
                + " are not those of these images");
      }
    }
  }

  /** Returns the size of the code map, and that of the image if it was padded. */
  private static String size(Codes codes) {
    String positions =
        IntStream.of(codes.shape()).skip(1).mapToObj(String::valueOf).collect(joining("x"));
    return codes
        .imageSize()
        .map(size -> positions + " codes of " + size[0] + "x" + size[1] + " pixels")
        .orElse(positions + " codes");
  }

  private Codes batch(int... indices) throws IOException {
    try {
      return finished.batch(indices);
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof BadFileException bad ? damaged(bad) : e.getCause();
    }
  }

  private IllegalArgumentException different(String difference) {
    return new IllegalArgumentException(
        caller
            + ": expected the images of the existing file: "
            + FileNames.path(file)
            + " has the codes of "
            + Counts.of(finished.size(), "image")
            + ", and "
            + difference
            + ". Write to another file, or delete this one to replace it.");
  }

  @Override
  public void close() throws IOException {
    if (finished != null) {
      finished.close();
    }
  }
}
