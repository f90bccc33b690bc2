package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Remembers every step of a run. */
final class History implements TrainingListener {
  private final List<StepReport> steps = new ArrayList<>();

  @Override
  public void onStep(StepReport report) {
    steps.add(report);
  }

  /** All steps, in order. */
  List<StepReport> steps() {
    return Collections.unmodifiableList(steps);
  }
}
