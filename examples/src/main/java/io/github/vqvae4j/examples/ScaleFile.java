package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the scale of a series after the first step, as the model is useless without it. */
final class ScaleFile implements TrainingListener {
  private final OutputFolder folder;
  private final ChannelScale scale;

  ScaleFile(OutputFolder folder, ChannelScale scale) {
    this.folder = folder;
    this.scale = scale;
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    if (report.step() == 1) {
      try {
        folder.write(SeriesCommand.SCALE, scale::save);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
