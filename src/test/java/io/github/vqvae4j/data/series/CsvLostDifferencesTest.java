package io.github.vqvae4j.data.series;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Columns whose differences are lost in float are rejected, also with faulty values; others are
 * read.
 */
class CsvLostDifferencesTest {
  private static final String[] FAULTS = {"0", "-9999", "1e30", "0.5", "65535"};

  @TempDir Path folder;
  private final Random random = new Random(7);

  @Test
  void faultyValuesDoNotHideLostDifferences() throws IOException {
    List<String> wrong = new ArrayList<>();
    Map<String, List<String>> lost = new LinkedHashMap<>();
    double[] walk = {101_325};
    lost.put("pressure", values(2_000, 6, i -> walk[0] += random.nextInt(3) * .002 - .002));
    lost.put("latitude", values(2_000, 8, i -> 52.5200123 + 1e-7 * (i % 70)));
    lost.put("Unix time", values(5_000, 2, i -> 1.7e9 + i * .25));
    lost.put("short Unix time", values(200, 2, i -> 1.7e9 + i * .25));
    lost.put("very short Unix time", values(9, 2, i -> 1.7e9 + i * .25));
    lost.put("Unix time in seconds", values(5_000, 0, i -> 1.7e9 + i));
    lost.put("frequency", values(2_000, 7, i -> 50 + 1e-5 * random.nextGaussian() / 3));
    lost.put("negative", values(2_000, 7, i -> -50 + 1e-5 * random.nextGaussian() / 3));
    lost.put("long", values(20_000, 4, i -> 101_325 + .002 * random.nextGaussian()));
    for (Map.Entry<String, List<String>> column : lost.entrySet()) {
      expect(true, column.getKey(), column.getValue(), wrong);
      for (String fault : FAULTS) {
        int size = column.getValue().size();
        for (int count : new int[] {1, 3, size / 100}) {
          if (count > 1 && count * 20 > size) {
            continue;
          }
          String name = column.getKey() + ", " + count + " times " + fault;
          List<String> leading = new ArrayList<>(column.getValue());
          leading.subList(0, count).replaceAll(value -> fault);
          expect(true, name + " first", leading, wrong);
          List<String> within = new ArrayList<>(column.getValue());
          for (int i = 0; i < count; i++) {
            within.set((i * 97 + 5) % size, fault);
          }
          expect(true, name + " within", within, wrong);
        }
      }
      List<String> several = new ArrayList<>(column.getValue());
      several.set(0, "0");
      several.set(3, "1e12");
      expect(true, column.getKey() + ", faults of two kinds", several, wrong);
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void errorContainsTheValueBeforeALostDifference() {
    List<String> times = values(200, 2, i -> 1.7e9 + i * .25);
    times.add(0, "0");
    assertMessageContains(
        assertThrows(BadFileException.class, () -> read(times)),
        "column 1 (v): expected differences that float can represent (7 digits), got values such"
            + " as 1700000000.");
  }

  @Test
  void ordinaryColumnsAreRead() throws IOException {
    List<String> wrong = new ArrayList<>();
    Map<String, List<String>> ordinary = new LinkedHashMap<>();
    ordinary.put(
        "sine and noise", values(5_000, 12, i -> Math.sin(i / 50.0) + .01 * random.nextGaussian()));
    ordinary.put("sine with an offset", values(5_000, 12, i -> 100 + Math.sin(i / 50.0)));
    ordinary.put("slow sine", values(200_000, 15, i -> 20 + 20 * Math.sin(i / 1e7)));
    ordinary.put("nine digits", values(2_000, 9, i -> random.nextDouble()));
    ordinary.put("temperature", values(2_000, 2, i -> 21.5 + random.nextGaussian()));
    ordinary.put("kelvin", values(2_000, 3, i -> 293.15 + .05 * random.nextGaussian()));
    double[] walk = {1e5, 1, 52.52, 1_000};
    ordinary.put("price", values(5_000, 2, i -> walk[0] += 30 * random.nextGaussian()));
    ordinary.put("rate", values(5_000, 5, i -> walk[1] += 1e-4 * random.nextGaussian()));
    ordinary.put("drive", values(5_000, 7, i -> walk[2] += 1e-4 * random.nextGaussian()));
    ordinary.put("parked, then a drive", values(5_000, 7, i -> drive(walk, i)));
    ordinary.put("pressure", values(2_000, 4, i -> 101_325 + random.nextGaussian()));
    ordinary.put("counter", values(5_000, 0, i -> i));
    ordinary.put("counter to 2^24", values(5_000, 0, i -> (1 << 24) - 5_000 + i));
    ordinary.put("daily Unix time", values(2_000, 0, i -> 1.7e9 + i * 86_400.0));
    ordinary.put("constant", values(2_000, 3, i -> 1_700_000_000.123));
    ordinary.put("zeros", values(2_000, 0, i -> 0));
    ordinary.put("rare spikes", values(5_000, 6, i -> i % 100 == 7 ? random.nextDouble() : 0));
    ordinary.put("rare large spikes", values(5_000, 6, i -> i % 100 == 7 ? 1e9 + i : 0));
    ordinary.put("spikes over noise", values(5_000, 12, i -> noise(1e-9) + (i % 500 == 7 ? 1 : 0)));
    ordinary.put("growth", values(5_000, -1, i -> Math.exp(i * 27.6 / 5_000)));
    ordinary.put("decay", values(5_000, -1, i -> Math.exp(-i * 27.6 / 5_000)));
    for (double tau : new double[] {.3, 1, 3, 30, 300, 3_000}) {
      ordinary.put("settles to 1 in " + tau, values(20_000, -1, i -> 1 - Math.exp(-i / tau)));
      ordinary.put("settles to 50 in " + tau, values(20_000, -1, i -> 50 + Math.exp(-i / tau)));
      if (tau >= 1) {
        ordinary.put(
            "rings in " + tau,
            values(20_000, -1, i -> 1 + Math.exp(-i / tau) * Math.cos(i / tau * 3)));
      }
      if (tau > 20) {
        ordinary.put(
            "settles to noise in " + tau,
            values(20_000, -1, i -> 1 - Math.exp(-i / tau) + noise(1e-10)));
      }
    }
    ordinary.put("slow rise", values(200_000, 15, i -> 1 + 1.0000001e-7 * i));
    ordinary.put("two regimes", values(2_000, 12, i -> (i / 100 % 2 + 1) + noise(1e-10)));
    ordinary.put("a step late", values(2_000, 12, i -> (i < 1_900 ? 1 : 2) + noise(1e-10)));
    ordinary.put("faults", values(2_000, 4, i -> i % 700 == 5 ? -9_999 : 20 + noise(.1)));
    for (String name : List.copyOf(ordinary.keySet())) {
      List<String> faulty = new ArrayList<>(ordinary.get(name));
      faulty.set(faulty.size() / 2, "-9999");
      ordinary.put(name + " and a fault", faulty);
    }
    for (Map.Entry<String, List<String>> column : ordinary.entrySet()) {
      expect(false, column.getKey(), column.getValue(), wrong);
    }
    assertEquals(List.of(), wrong);
  }

  private double drive(double[] walk, int i) {
    return i < 3_000
        ? 48.1 + 1e-7 * random.nextInt(3)
        : 48.1 + 2.5e-4 * (i - 3_000) + 1e-7 * random.nextInt(3);
  }

  private double noise(double deviation) {
    return deviation * random.nextGaussian();
  }

  private static List<String> values(int count, int digits, IntToDoubleFunction value) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double v = value.applyAsDouble(i);
      values.add(
          digits < 0 ? Double.toString(v) : String.format(Locale.ROOT, "%." + digits + "f", v));
    }
    return values;
  }

  private void expect(boolean rejected, String name, List<String> values, List<String> wrong)
      throws IOException {
    try {
      read(values);
      if (rejected) {
        wrong.add("read: " + name);
      }
    } catch (BadFileException e) {
      assertMessageContains(e, "column 1 (v)", "differences that float can represent");
      if (!rejected) {
        wrong.add("rejected: " + name);
      }
    }
  }

  private Series read(List<String> values) throws IOException {
    return CsvSeries.read(
        Files.writeString(folder.resolve("a.csv"), "v\n" + String.join("\n", values) + "\n"));
  }
}
