package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.CodesWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;

/**
 * Encodes a dataset to code files, one for each code map of a model. Only some chunks of images are
 * in memory. An interrupted call is continued: its chunks are those of an uninterrupted one, so
 * that the files have the same bytes.
 */
public final class CodeFiles {
  private static final Logger LOG = Log.ofProgress(ImageModel.class);

  private final ImageModel model;
  private final String caller;
  private final Dataset images;
  private final List<Path> files;
  private final List<Path> partials = new ArrayList<>();
  private final CodeMaps maps;
  private final List<CodesWriter> writers = new ArrayList<>();
  private final List<FinishedCodes> finished = new ArrayList<>();

  private CodeFiles(
      ImageModel model, String caller, Dataset images, List<Path> files, CodeMaps maps) {
    this.model = model;
    this.caller = caller;
    this.images = images;
    this.files = files;
    this.maps = maps;
  }

  /**
   * Writes the codes, labels and the hash of the model.
   *
   * @param model the model
   * @param caller the method, for messages
   * @param images one or more images
   * @param files the files
   * @param maps encodes the images to the codes of each file
   * @throws IllegalArgumentException if unfinished files are not of this model and these images, or
   *     finished ones are of this model and other images
   * @throws BadFileException if an existing file is not a code file, or a damaged one
   * @throws CancellationException if the thread is interrupted
   * @throws IOException if a file cannot be read or written
   */
  public static void write(
      ImageModel model, String caller, Dataset images, List<Path> files, CodeMaps maps)
      throws IOException {
    ModelImages.checkNotEmpty(model, images);
    model.checkWeights();
    CodeFiles call = new CodeFiles(model, caller, images, List.copyOf(files), maps);
    try {
      maps.guard(
          caller,
          images,
          () -> {
            call.open(0);
            return null;
          });
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof ClosedByInterruptException) {
        throw call.cancelled(); // while an image was read from its file
      }
      throw e.getCause();
    }
  }

  private CancellationException cancelled() {
    return new CancellationException(
        caller + ": interrupted; the same call continues the unfinished files");
  }

  /** Opens the files from an index on, writes them, and closes them. */
  private void open(int index) {
    try {
      if (index == files.size()) {
        writeAll();
        return;
      }
      Path file = files.get(index);
      try (CodesWriter writer = CodesWriter.resume(file)) {
        writers.add(writer);
        partials.add(CodesWriter.partial(file));
        checkUnfinished(index);
        try (FinishedCodes existing = new FinishedCodes(caller, file, model, images.size())) {
          finished.add(existing);
          open(index + 1);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeAll() throws IOException {
    // Of unfinished files only the last block is compared, which is not enough to replace a
    // finished one.
    boolean isCompared = finished.stream().anyMatch(FinishedCodes::isCompared);
    if (isCompared) {
      writers.forEach(CodesWriter::restart);
    }
    int done =
        (int) writers.stream().mapToLong(CodesWriter::count).min().orElse(0); // at most size()
    WorkProgress progress =
        new WorkProgress(LOG, "encoding " + Counts.of(images.size(), "image"), images.size());
    // The last image before is encoded again, to compare its codes with those in the files.
    int first = Math.max(0, done - 1);
    if (first > 0) {
      LOG.info(
          "{}: continuing after {} of {} images, if they are the same",
          caller,
          done,
          images.size());
    }
    progress.add(first);
    maps.encode(
        first,
        images,
        part -> {
          add(part);
          progress.add(part.from() + part.count() - Math.max(first, part.from()));
          if (Thread.currentThread().isInterrupted()) {
            throw cancelled();
          }
        });
    for (FinishedCodes existing : finished) {
      existing.close(); // Windows does not replace a file that is open
    }
    for (CodesWriter writer : writers) {
      writer.finish();
    }
  }

  private void add(CodeMaps.Part part) {
    int count = part.count();
    int[] labels = ModelImages.labels(images.range(part.from(), part.from() + count));
    List<Codes> encoded =
        part.codes().stream()
            .map(codes -> codes.withLabels(labels).withModelHash(model.weightHash()))
            .toList();
    compareToFinished(part.from(), encoded);
    for (int i = 0; i < writers.size(); i++) {
      Codes codes = encoded.get(i);
      CodesWriter writer = writers.get(i);
      int known = (int) Math.min(count, writer.count() - part.from());
      if (known > 0) {
        checkSameCodes(i, part.from(), codes.range(0, known));
      }
      if (known < count) {
        try {
          writer.add(codes.range(known, count));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void compareToFinished(int from, List<Codes> encoded) {
    try {
      for (int i = 0; i < encoded.size(); i++) {
        finished.get(i).check(from, encoded.get(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Throws if an unfinished file is known to be of another model or other images. */
  private void checkUnfinished(int index) {
    CodesWriter writer = writers.get(index);
    String hash = writer.modelHash().orElse("unknown");
    boolean isEmpty = writer.count() == 0 && writer.modelHash().isEmpty();
    if (!isEmpty && !hash.equals(model.weightHash())) {
      throw unfinished(
          index,
          "encoded by a model whose weights have the hash "
              + hash
              + ", got a model with the hash "
              + model.weightHash()
              + ". Pass that model");
    }
    if (writer.count() > images.size()) {
      throw unfinished(
          index,
          "but there are only " + Counts.of(images.size(), "image") + ". Pass the same images");
    }
  }

  /**
   * Throws if codes are not those in an unfinished file.
   *
   * @param from the index of the first image
   */
  private void checkSameCodes(int index, int from, Codes codes) {
    CodesWriter writer = writers.get(index);
    Codes last = writer.lastBlock().orElseThrow();
    int firstOfLast = (int) writer.count() - last.count();
    int first = Math.max(from, firstOfLast);
    int end = from + codes.count();
    if (first < end
        && !last.range(first - firstOfLast, end - firstOfLast)
            .equals(codes.range(first - from, end - from))) {
      throw unfinished(
          index,
          "whose codes are not those of these images. Pass the same images in the same order");
    }
  }

  private IllegalArgumentException unfinished(int index, String problem) {
    String name = FileNames.path(partials.get(index));
    return new IllegalArgumentException(
        caller
            + ": "
            + name
            + " has "
            + (writers.get(index).count() == 0
                ? "the beginning"
                : "the first " + Counts.of(writers.get(index).count(), "image"))
            + " of an interrupted call, "
            + problem
            + ", or delete "
            + name
            + " to start anew.");
  }
}
