package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;

/** Finds the batch with the fewest codes, after the first steps. */
final class FewestCodes implements TrainingListener {
  static final int FIRST_STEP = 50;

  private int count = Integer.MAX_VALUE;

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    if (report.step() >= FIRST_STEP) {
      count = Math.min(count, report.batchUsage().get(0).usage().codesInUse());
    }
  }

  /** Returns the number of codes in that batch. */
  int count() {
    return count;
  }
}
