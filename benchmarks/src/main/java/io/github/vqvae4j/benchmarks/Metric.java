package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;

/** A metric computed from the outcome of a turn. */
enum Metric {
  /** Throughput. */
  IMAGES_PER_SECOND(Row.IMAGES_PER_SECOND, true) {
    @Override
    double of(ChildProcess.Outcome outcome, Workload workload) {
      return workload.images() / outcome.measurement().seconds();
    }
  },
  /** Duration of a repetition. */
  MILLISECONDS("ms", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Workload workload) {
      return outcome.measurement().seconds() * 1e3;
    }
  },
  /** Peak resident memory. */
  MEBIBYTES("MiB", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Workload workload) {
      return outcome.measurement().peakMebibytes();
    }
  },
  /** Time from the start of the process to the end of the turn. */
  SECONDS_SINCE_START("s", false) {
    @Override
    double of(ChildProcess.Outcome outcome, Workload workload) {
      return outcome.secondsSinceStart();
    }
  };

  private final String unit;
  private final boolean higherIsBetter;

  Metric(String unit, boolean higherIsBetter) {
    this.unit = unit;
    this.higherIsBetter = higherIsBetter;
  }

  abstract double of(ChildProcess.Outcome outcome, Workload workload);

  String unit() {
    return unit;
  }

  boolean isBetter(double value, double reference) {
    return higherIsBetter ? value > reference : value < reference;
  }
}
