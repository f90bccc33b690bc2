package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.slf4j.Logger;

/**
 * A finished code file under the name that a call is to write. It is replaced if it was encoded by
 * another model, or from the same images.
 *
 * @param caller the method, for messages
 * @param file the file, which may not exist
 * @param model the model of the call
 */
record FinishedCodes(String caller, Path file, ImageModel model) {
  private static final Logger LOG = Log.ofProgress(ImageModel.class);

  /**
   * Checks the file before the first image is encoded.
   *
   * @param images the number of images of the call
   * @throws IllegalArgumentException if the file is of this model and another number of images
   * @throws BadFileException if it is not a code file, or a damaged one
   */
  void checkCount(int images) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (CodesSource finished = CodesSource.open(file)) {
      if (!isOfModel(finished)) {
        LOG.info(
            "{}: replacing {}, which was not encoded by this model", caller, FileNames.path(file));
      } else if (finished.size() != images) {
        throw otherImages(finished, "this call has " + Counts.of(images, "image"));
      }
    } catch (BadFileException e) {
      throw new BadFileException(
          file,
          e.location(),
          "expected no file, or an intact code file of these images; choose another name, or"
              + " delete it to replace it: "
              + e.problem(),
          e);
    }
  }

  /**
   * Checks the first images that are encoded.
   *
   * @param from the index of the first one
   * @param codes their codes and labels
   * @throws IllegalArgumentException if the file is of this model and has others
   */
  void checkCodes(int from, Codes codes) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    try (CodesSource finished = CodesSource.open(file)) {
      int[] indices = IntStream.range(from, from + codes.count()).toArray();
      if (isOfModel(finished) && !finished.batch(indices).equals(codes)) {
        throw otherImages(finished, "their codes or labels are not those of these images");
      }
    }
  }

  private boolean isOfModel(CodesSource finished) {
    return finished.modelHash().filter(model.weightHash()::equals).isPresent();
  }

  private IllegalArgumentException otherImages(CodesSource finished, String difference) {
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
}
