package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.io.EventFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes what TensorBoard shows: the figures of {@link RunFolder}'s {@code metrics.csv} as curves,
 * reconstructions as pictures, the distributions of all weights. Look at it with {@code tensorboard
 * --logdir runs}.
 *
 * <p>If something cannot be written while the model trains, that is logged once as an error ({@link
 * #failure}), nothing more is written, and training goes on.
 */
public final class TensorBoard implements TrainingListener, AutoCloseable {
  private final ImageModel model;
  private final EventFile file;
  private final SideWriting writing;
  private SampleImages samples;
  private long every = 10;
  private long imagesEvery = 1_000;

  private TensorBoard(Path folder, ImageModel model, EventFile file) {
    this.model = model;
    this.file = file;
    this.writing = new SideWriting(folder);
  }

  /**
   * Begins an event file.
   *
   * @param folder of this run alone, as that of a {@link RunFolder}; made if it is missing
   * @param model that will be trained
   * @return a listener for the trainer; it closes itself when the run ends well
   * @throws IOException if it cannot be written
   */
  public static TensorBoard create(Path folder, ImageModel model) throws IOException {
    return new TensorBoard(folder, model, EventFile.create(folder));
  }

  /**
   * Has images written, with their reconstructions, and the distributions of the weights: after
   * steps 1, 2, 4, .. and then at intervals.
   *
   * @param heldOut of which the first 40 are taken
   * @param everySteps the interval, at least 1
   * @return this listener
   */
  public TensorBoard images(Dataset heldOut, long everySteps) {
    checkInterval(everySteps);
    samples = new SampleImages(heldOut);
    imagesEvery = everySteps;
    return this;
  }

  /**
   * Sets how often figures are written; by default after every tenth step.
   *
   * @param steps at least 1
   * @return this listener
   */
  public TensorBoard every(long steps) {
    checkInterval(steps);
    every = steps;
    return this;
  }

  private static void checkInterval(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "TensorBoard: expected an interval of at least 1 step, got " + steps + ".");
    }
  }

  /**
   * Why not everything was written.
   *
   * @return empty if it was
   */
  public Optional<IOException> failure() {
    return writing.failure();
  }

  @Override
  public void onStep(StepReport report) {
    long step = report.step();
    if (step % every == 0 || step == 1 || step == report.steps()) {
      writing.attempt(() -> scalars(step, Metric.of(report)));
    }
    if (samples != null && SampleImages.due(step, imagesEvery)) {
      samples
          .reconstructed(model, step)
          .ifPresent(image -> writing.attempt(() -> picture(step, image)));
      writing.attempt(() -> weights(step));
    }
  }

  private void scalars(long step, List<Metric> metrics) throws IOException {
    for (Metric metric : metrics) {
      file.scalar(metric.name(), step, metric.value());
    }
    file.flush();
  }

  private void picture(long step, Images grid) throws IOException {
    file.image(
        "reconstructions", step, grid.height(), grid.width(), grid.channels(), Images.png(grid));
    file.flush();
  }

  private void weights(long step) throws IOException {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      file.histogram(entry.getKey(), step, entry.getValue().toFloats());
    }
    file.flush();
  }

  @Override
  public void onEvaluation(Evaluation evaluation) {
    writing.attempt(() -> scalars(evaluation.step(), Metric.of(evaluation)));
  }

  @Override
  public void onEnd(TrainingReport report) {
    close();
  }

  @Override
  public void close() {
    writing.attempt(file::close);
  }
}
