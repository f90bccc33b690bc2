package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes a file after the first step: what a stopped run needs in addition to its model. A run that
 * ends before its first step leaves no files.
 */
record AfterFirstStep(OutputFolder folder, String name, OutputFolder.Writing writing)
    implements TrainingListener {
  @Override
  public void onStep(TrainingRun run, StepReport report) {
    if (report.step() == 1) {
      try {
        folder.write(name, writing);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
