package io.github.vqvae4j.train;

import java.util.concurrent.CountDownLatch;

/**
 * A training program whose stream has no further batch, which {@link ProcessShutdownTest} stops.
 */
final class WaitingTestProgram {
  private WaitingTestProgram() {}

  /**
   * Trains.
   *
   * @param args none
   */
  public static void main(String[] args) {
    CountDownLatch never = new CountDownLatch(1);
    Numbers.Stream stream =
        new Numbers.Stream(
            1_000,
            position -> {
              if (position == 20) {
                try {
                  never.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    try (Numbers model = new Numbers()) {
      Trainer.of(model)
          .batch(4)
          .steps(1_000)
          .quiet()
          .listener(
              new TrainingListener() {
                @Override
                public void onStep(TrainingRun run, StepReport report) {
                  System.out.println("step " + report.step());
                }

                @Override
                public void onEnd(TrainingRun run, TrainingReport report) {
                  System.out.println("end " + report.last().step() + " " + report.stopReason());
                }
              })
          .fit(stream);
    }
  }
}
