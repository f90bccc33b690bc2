package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DefaultsTableTest {
  private static DefaultsCurve curve(long seed, double first, double last, int codes, double rate) {
    return new DefaultsCurve(seed, new TreeMap<>(Map.of(400L, first, 2_000L, last)), codes, rate);
  }

  @Test
  void comparesTheMeansOverTheSeeds() {
    String table =
        DefaultsTable.of(
            "recipe",
            List.of(curve(1, 0.2, 0.08, 10, 600), curve(3, 0.3, 0.09, 21, 610)),
            List.of(curve(1, 0.1, 0.05, 200, 590), curve(3, 0.15, 0.07, 210, 596)));
    assertEquals(
        List.of(
            "| normalized MSE of test images at step | recipe, seed 1 | recipe, seed 3 | mean |"
                + " defaults, seed 1 | defaults, seed 3 | mean | difference |",
            "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            "| 400 | 0.2000 | 0.3000 | 0.2500 | 0.1000 | 0.1500 | 0.1250 | -50.0% |",
            "| 2,000 | 0.0800 | 0.0900 | 0.0850 | 0.0500 | 0.0700 | 0.0600 | -29.4% |",
            "| fewest codes in a batch from step 50 | 10 | 21 | 16 | 200 | 210 | 205 | +1222.6% |",
            "| images/s | 600 | 610 | 605 | 590 | 596 | 593 | -2.0% |"),
        table.lines().toList());
  }
}
