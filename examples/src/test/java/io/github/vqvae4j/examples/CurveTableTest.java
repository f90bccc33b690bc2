package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables show the recorded values, the values of each run, and the deviation of their mean. */
class CurveTableTest {
  private static TrainingCurve run(long seed, CurvePoint... points) {
    return new TrainingCurve("test", seed, 10, 0.06, 200, 500, null, List.of(points));
  }

  @Test
  void runsOfDifferentLengthsAndMissingRecordedValues() {
    RecordedCurve recorded =
        new RecordedCurve(
            10,
            100,
            List.of(
                new CurvePoint(100, 0.5, 10),
                new CurvePoint(200, 0.2, Double.NaN),
                new CurvePoint(1_000, 0.1, 90)));
    String tables =
        CurveTable.of(
            recorded,
            List.of(
                run(1, new CurvePoint(100, 0.4, 8), new CurvePoint(200, 0.25, 20)),
                run(
                    2,
                    new CurvePoint(100, 0.5, 13),
                    new CurvePoint(200, 0.21, 22),
                    new CurvePoint(300, 0.2, 30))));
    assertEquals(
        List.of(
            "| normalized MSE at step | recorded | seed 1 | seed 2 | mean | difference |",
            "| ---: | ---: | ---: | ---: | ---: | ---: |",
            "| 100 | 0.5000 | 0.4000 | 0.5000 | 0.4500 | -10.0% |",
            "| 200 | 0.2000 | 0.2500 | 0.2100 | 0.2300 | +15.0% |",
            "| 300 |  |  | 0.2000 | 0.2000 |  |",
            "",
            "| perplexity at step | recorded | seed 1 | seed 2 | mean | difference |",
            "| ---: | ---: | ---: | ---: | ---: | ---: |",
            "| 100 | 10.0 | 8.0 | 13.0 | 10.5 | +5.0% |",
            "| 200 |  | 20.0 | 22.0 | 21.0 |  |",
            "| 300 |  |  | 30.0 | 30.0 |  |"),
        tables.lines().toList());
  }
}
