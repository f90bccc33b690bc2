package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;

/** A number taken from a process. */
enum Quantity {
  /** How fast. */
  IMAGES_PER_SECOND(Row.IMAGES_PER_SECOND, true) {
    @Override
    double of(ChildProcess.Outcome outcome, Setting setting) {
      return setting.batch() / outcome.measurement().seconds();
    }
  },
  /** Of one repetition. */
  MILLISECONDS("ms", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Setting setting) {
      return outcome.measurement().seconds() * 1e3;
    }
  },
  /** Peak resident memory, 2^20 bytes. */
  MEBIBYTES("MiB", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Setting setting) {
      return outcome.measurement().peakMebibytes();
    }
  },
  /** From the start of the process to the end of the measured step. */
  SECONDS_FROM_START("s", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Setting setting) {
      return outcome.secondsFromStart();
    }
  };

  private final String unit;
  private final boolean moreIsBetter;

  Quantity(String unit, boolean moreIsBetter) {
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
  }

  abstract double of(ChildProcess.Outcome outcome, Setting setting);

  String unit() {
    return unit;
  }

  boolean isBetter(double one, double other) {
    return moreIsBetter ? one > other : one < other;
  }
}
