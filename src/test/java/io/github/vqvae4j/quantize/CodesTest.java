package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodesTest {
  private static final int CASES = 300;

  /** 2 groups of 3 stages, all of different sizes. */
  private static final Codebooks SIX = new Codebooks(2, 3, List.of(11, 7, 5, 3, 13, 2));

  @Test
  void codesOfOneCodebookHaveValuesAndShape() {
    Codes codes = Codes.of(new int[] {1, 2, 3, 4}, 8, 2, 2);
    assertArrayEquals(new int[] {1, 2, 3, 4}, codes.values());
    assertArrayEquals(new int[] {2, 2}, codes.shape());
    assertEquals(8, codes.codebookSize());
    assertEquals(2, codes.count());
    assertTrue(codes.isComplete());
    assertTrue(codes.labels().isEmpty());
    assertEquals("Codes[2, 2] of a codebook of 8", codes.toString());
    assertEquals(Codes.of(new int[] {3, 4}, 8, 1, 2), codes.range(1, 2));
    assertEquals(codes, codes.stage(0));
    assertEquals(codes, codes.group(0));
  }

  @Test
  void codesAreImmutable() {
    int[] values = {1, 2};
    int[] shape = {2, 1};
    int[] labels = {7, 8};
    Codes codes = Codes.of(values, Codebooks.of(3), shape).withLabels(labels);
    Codes same = Codes.of(new int[] {1, 2}, 3, 2, 1).withLabels(7, 8);
    for (int[] array :
        List.of(values, shape, labels, codes.values(), codes.shape(), codes.labels().get())) {
      Arrays.fill(array, 0);
    }
    assertEquals(same, codes);
  }

  @Test
  void imageSizeIsKept() {
    Codes plain = Codes.of(new int[12], SIX, 2, 1, 1);
    Codes codes = plain.withImageSize(5, 7);
    assertTrue(plain.imageSize().isEmpty());
    assertNotEquals(plain, codes);
    assertNotEquals(codes, plain.withImageSize(5, 8));
    assertEquals("Codes[2, 1, 1] of " + SIX + ", of images 5x7", codes.toString());
    codes.imageSize().orElseThrow()[0] = 6; // a copy
    for (Codes derived :
        List.of(
            codes.range(0, 1),
            codes.batch(1, 0),
            codes.withLabels(3, 4),
            codes.withMissing(0, 0, 1, 1),
            codes.withModelHash("0".repeat(64)),
            codes.stage(1),
            codes.group(1),
            Codes.concat(codes, codes))) {
      assertArrayEquals(new int[] {5, 7}, derived.imageSize().orElseThrow(), derived::toString);
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.concat(codes, plain)),
        "images of one size");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> plain.withImageSize(0, 7)),
        "sides of at least 1 pixel",
        "0x7");
    assertThrows(
        IllegalArgumentException.class,
        () -> Codes.of(new int[2], 5, 1, 2).withImageSize(1, 1),
        "not a map");
  }

  /** Each value identifies its position. */
  @Test
  void stagesAndGroupsAreTheInnerAxes() {
    int[][][][] nested = new int[2][5][2][3];
    int[] values = new int[60];
    int next = 0;
    for (int image = 0; image < 2; image++) {
      for (int x = 0; x < 5; x++) {
        for (int group = 0; group < 2; group++) {
          for (int stage = 0; stage < 3; stage++) {
            int size = SIX.sizes().get(3 * group + stage);
            nested[image][x][group][stage] = (31 * image + 7 * x + 3 * group + stage) % size;
            values[next++] = nested[image][x][group][stage];
          }
        }
      }
    }
    Codes codes = Codes.of(values, SIX, 2, 5).withLabels(4, -1);
    for (int group = 0; group < 2; group++) {
      for (int stage = 0; stage < 3; stage++) {
        int[] expected = new int[10];
        for (int position = 0; position < 10; position++) {
          expected[position] = nested[position / 5][position % 5][group][stage];
        }
        Codes one = Codes.of(expected, SIX.sizes().get(3 * group + stage), 2, 5).withLabels(4, -1);
        assertEquals(one, codes.group(group).stage(stage));
        assertEquals(one, codes.stage(stage).group(group));
      }
    }
    assertEquals(new Codebooks(2, 1, List.of(7, 13)), codes.stage(1).codebooks());
    assertEquals(Codebooks.residual(3, 13, 2), codes.group(1).codebooks());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 20_261_129})
  void concatenatedRangesEqualTheOriginal(long seed) {
    Rng rng = new Rng(seed);
    for (int i = 0; i < CASES; i++) {
      Codes codes = RandomCodes.of(rng);
      String message = "seed " + seed + ", case " + i + ": " + codes;
      Codes[] each =
          IntStream.range(0, codes.count())
              .mapToObj(j -> codes.range(j, j + 1))
              .toArray(Codes[]::new);
      assertEquals(codes, Codes.concat(each), message);
      assertEquals(codes.hashCode(), Codes.concat(each).hashCode(), message);
      assertEquals(codes, Codes.concat(codes), message);
      int images = codes.count();
      assertEquals(codes, Codes.concat(codes, codes).range(images, 2 * images), message);
      Codes copy = Codes.of(codes.values(), codes.codebooks(), codes.shape());
      Codes sized =
          codes.imageSize().map(size -> copy.withImageSize(size[0], size[1])).orElse(copy);
      assertEquals(codes, codes.labels().map(sized::withLabels).orElse(sized), message);
      assertEquals(IntStream.of(codes.values()).noneMatch(v -> v < 0), codes.isComplete(), message);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 20_261_130})
  void joinedGroupsAndStagesEqualTheOriginal(long seed) {
    Rng rng = new Rng(seed);
    for (int i = 0; i < CASES; i++) {
      Codes codes = RandomCodes.of(rng);
      String message = "seed " + seed + ", case " + i + ": " + codes;
      Codes[] groups =
          IntStream.range(0, codes.codebooks().groups())
              .mapToObj(codes::group)
              .toArray(Codes[]::new);
      assertEquals(codes, Codes.joinGroups(groups), message);
      Codes[] stages =
          IntStream.range(0, codes.codebooks().stages())
              .mapToObj(codes::stage)
              .toArray(Codes[]::new);
      assertEquals(codes, Codes.joinStages(stages), message);
    }
  }

  @Test
  void joinedCodesAreThoseOfTheSameImages() {
    String hash = "ab".repeat(32);
    Codes first = Codes.of(new int[] {0, 1}, 2, 2, 1).withLabels(7, -1).withModelHash(hash);
    Codes second = Codes.of(new int[] {3, 4}, 5, 2, 1);
    Codes joined = Codes.joinGroups(first, second.withLabels(-1, 8));
    assertEquals(Codebooks.grouped(2, 5), joined.codebooks());
    assertArrayEquals(new int[] {0, 3, 1, 4}, joined.values());
    assertArrayEquals(new int[] {7, 8}, joined.labels().orElseThrow());
    assertEquals(hash, joined.modelHash().orElseThrow());
    assertEquals(Codebooks.residual(2, 5), Codes.joinStages(first, second).codebooks());
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Codes.joinGroups(first, second.withLabels(6, -1))),
        "one label for each image, got 7 and 6 for image 0");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Codes.joinGroups(first, second.withModelHash("cd".repeat(32)))),
        "codes of one model",
        hash);
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> Codes.joinGroups(first, second.range(0, 1))),
        "Codes.joinGroups: expected codes of the same shape, number of stages and image size");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Codes.joinGroups(second, Codes.joinStages(first, second))),
        "number of stages");
    assertThrows(IllegalArgumentException.class, Codes::joinStages);
  }

  @Test
  void labelsFollowTheirImages() {
    Codes plain = Codes.of(new int[] {0, 1, 2, 3, 4, 5}, 6, 3, 2);
    Codes codes = plain.withLabels(9, -1, 0);
    assertArrayEquals(new int[] {9, -1, 0}, codes.labels().orElseThrow());
    assertArrayEquals(new int[] {-1, 0}, codes.range(1, 3).labels().orElseThrow());
    assertEquals(Optional.empty(), codes.range(1, 2).labels());
    assertNotEquals(plain, codes);
    assertNotEquals(codes, plain.withLabels(9, -1, 1));
    assertEquals(plain, codes.withLabels(-1, -1, -1));
    assertArrayEquals(
        new int[] {-1, -1, -1, 9, -1, 0}, Codes.concat(plain, codes).labels().orElseThrow());
    assertEquals("Codes[3, 2] of a codebook of 6, with labels", codes.toString());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> plain.withLabels(1, 2)),
        "expected 3 labels",
        "got 2");
    assertThrows(IllegalArgumentException.class, plain::withLabels);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> plain.withLabels(1, -2, 3)),
        "or -1 for a missing label",
        "got -2 for image 1");
  }

  @Test
  void missingCodesAreReportedWithTheirPosition() {
    int[] values = new int[2 * 5 * 6];
    values[53] = -1;
    Codes one = Codes.of(values, SIX, 2, 5);
    assertFalse(one.isComplete());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> one.requireComplete("The reader")),
        "The reader: expected a code",
        "got a missing code (-1) at [1, 3], group 1, stage 2 of Codes[2, 5] of 2 groups of 3 stages of"
            + " [11, 7, 5, 3, 13, 2] codes, 1 of 60 missing.");
    values[59] = -1;
    Codes two = Codes.of(values, SIX, 2, 5);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.requireComplete("")),
        "at [1, 3], group 1, stage 2 and at 1 more of");
    Codes none = Codes.of(new int[] {-1, -1}, 4, 1, 2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> none.requireComplete("")),
        "at [0, 0] and at 1 more of Codes[1, 2] of a codebook of 4, 2 of 2 missing");
    Codes.of(new int[] {0, 3}, 4, 1, 2).requireComplete("");
  }

  @Test
  void codesOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[] {0, 8}, 8, 1, 2)),
        "0 to 7",
        "got 8 at [0, 1].");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[] {0, -2}, 8, 1, 2)),
        "or -1 for a missing code",
        "got -2 at [0, 1].");
    int[] values = new int[2 * 5 * 6];
    values[6 * 6 + 2] = 5;
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(values, SIX, 2, 5)),
        "0 to 4",
        "got 5 at [1, 1], group 0, stage 2.");
    values[6 * 6 + 2] = 4;
    Codes.of(values, SIX, 2, 5);
  }

  @Test
  void shapesThatDoNotMatchTheValuesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[3], 8, 1, 2)),
        "[1, 2]",
        "3 values");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[10], SIX, 2, 5)),
        "one position for 6 values, one of each codebook",
        "got shape [2, 5] and 10 values");
    // A product of 2^64 + 4.
    int[] shape = {4, 5, 5_581, 8_681, 49_477, 384_773};
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[4], 8, shape)),
        "4 values");
    for (int[] bad : new int[][] {{}, {4}, {4, 0}, {-2, -2}, {0, 0}}) {
      assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[4], 8, bad));
      assertThrows(IllegalArgumentException.class, () -> Codes.of(new int[0], 8, bad));
    }
  }

  @Test
  void codebooksValidateAndPrintTheirSizes() {
    assertEquals("a codebook of 512", Codebooks.of(512).toString());
    assertEquals("4 stages of 9 codes", Codebooks.residual(9, 9, 9, 9).toString());
    assertEquals("3 groups of [9, 8, 9] codes", Codebooks.grouped(9, 8, 9).toString());
    assertEquals(
        "2 groups of 2 stages of 7 codes", new Codebooks(2, 2, List.of(7, 7, 7, 7)).toString());
    assertEquals(
        "17 stages of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, ..] codes",
        Codebooks.residual(IntStream.rangeClosed(1, 17).toArray()).toString());
    assertEquals(6, SIX.count());
    assertNotEquals(Codebooks.residual(3, 4), Codebooks.grouped(3, 4));
    assertNotEquals(Codebooks.residual(3, 4), Codebooks.residual(4, 3));
    for (int[] bad : new int[][] {{1, 3}, {3, 1}, {0, 0}, {-1, -2}, {1 << 16, 1 << 16}}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> new Codebooks(bad[0], bad[1], List.of(2, 2))),
          "got " + bad[0] + " groups of " + bad[1] + " stages and the sizes [2, 2]");
    }
    assertThrows(IllegalArgumentException.class, () -> Codebooks.of(0));
    assertThrows(IllegalArgumentException.class, () -> Codebooks.residual(3, 0));
    assertThrows(IllegalArgumentException.class, Codebooks::residual);
    assertThrows(IllegalArgumentException.class, Codebooks::grouped);
  }

  @Test
  void stagesAndGroupsOutOfRangeAreRejected() {
    Codes codes = Codes.of(new int[6], SIX, 1, 1);
    assertMessageContains(
        assertThrows(IllegalStateException.class, codes::codebookSize),
        "got Codes[1, 1] of 2 groups of 3 stages",
        "group(..) and stage(..)");
    for (int index : new int[] {-1, 3}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> codes.stage(index)),
          "Codes.stage: expected 0 to 2",
          "got " + index);
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> codes.group(2)),
        "Codes.group: expected 0 to 1",
        "got 2");
  }

  @Test
  void incompatibleCodesAreNotConcatenated() {
    Codes codes = Codes.of(new int[6], 8, 1, 2, 3);
    for (Codes other :
        List.of(
            Codes.of(new int[6], 9, 1, 2, 3),
            Codes.of(new int[6], 8, 1, 3, 2),
            Codes.of(new int[6], 8, 1, 6),
            Codes.of(new int[12], Codebooks.residual(8, 8), 1, 2, 3))) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Codes.concat(codes, other)),
          "got " + codes + " and " + other);
    }
    assertThrows(IllegalArgumentException.class, Codes::concat);
    // 2^31 values in total, without allocating them.
    Codes[] many = new Codes[1 << 11];
    Arrays.fill(many, Codes.of(new int[1 << 20], 8, 1 << 19, 2));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Codes.concat(many)),
        "at most 2147483639 values",
        "got 1073741824 times 2");
    for (int[] bad : new int[][] {{-1, 1}, {0, 0}, {1, 0}, {0, 2}}) {
      assertThrows(IllegalArgumentException.class, () -> codes.range(bad[0], bad[1]));
    }
  }

  @Test
  void aRectangleIsMissing() {
    Codes codes =
        Codes.of(IntStream.range(0, 24).toArray(), 24, 2, 3, 4)
            .withLabels(5, 6)
            .withModelHash("0123456789abcdef".repeat(4));
    int m = Codes.MISSING;
    int[] expected = {
      0, 1, 2, 3, 4, m, m, 7, 8, m, m, 11, 12, 13, 14, 15, 16, m, m, 19, 20, m, m, 23
    };
    Codes partial = codes.withMissing(1, 1, 2, 2);
    assertArrayEquals(expected, partial.values());
    assertArrayEquals(new int[] {5, 6}, partial.labels().orElseThrow());
    assertEquals(codes.modelHash(), partial.modelHash());
    assertEquals(codes, codes.withMissing(3, 4, 0, 0));
    assertEquals(24, CodesValidation.countMissing(codes.withMissing(0, 0, 3, 4).values()));
  }

  @Test
  void allCodesOfAPositionAreMissing() {
    Codes two = Codes.of(IntStream.range(0, 8).toArray(), Codebooks.residual(8, 8), 1, 2, 2);
    assertArrayEquals(new int[] {0, 1, -1, -1, 4, 5, -1, -1}, two.withMissing(0, 1, 2, 1).values());
  }

  @Test
  void rectanglesOutsideTheMapsAreRejected() {
    Codes codes = Codes.of(new int[24], 1, 2, 3, 4);
    int[][] outside = {
      {-1, 0, 1, 1},
      {0, -1, 1, 1},
      {0, 0, -1, 1},
      {0, 0, 1, -1},
      {3, 0, 1, 1},
      {0, 4, 1, 1},
      {0, 0, 4, 1},
      {1, 1, 1, Integer.MAX_VALUE}
    };
    for (int[] r : outside) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> codes.withMissing(r[0], r[1], r[2], r[3])),
          "contain the rectangle",
          "Codes[2, 3, 4]",
          r[2] + " x " + r[3] + " at row " + r[0] + ", column " + r[1]);
    }
    Codes flat = Codes.of(new int[6], 1, 2, 3);
    assertThrows(IllegalArgumentException.class, () -> flat.withMissing(0, 0, 1, 1));
  }

  @Test
  void codesWithStagesLackTheOthers() {
    int[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1};
    Codes codes = Codes.of(values, new Codebooks(2, 3, Collections.nCopies(6, 10)), 2, 1);
    assertArrayEquals(
        new int[] {0, 1, -1, 3, 4, -1, 6, 7, -1, 9, 0, -1}, codes.withStages(2).values());
    assertEquals(codes, codes.withStages(3));
    for (int wrong : new int[] {0, 4}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> codes.withStages(wrong)),
          "Codes.withStages: expected 1 to 3 stages for Codes[2, 1]",
          "got " + wrong + ".");
    }
  }

  @Test
  void codebooksHaveNamesAndUsage() {
    assertEquals(List.of("codebook"), Codebooks.of(4).names());
    assertEquals(List.of("stage 0", "stage 1"), Codebooks.residual(4, 3).names());
    assertEquals(List.of("group 0", "group 1"), Codebooks.grouped(4, 3).names());
    Codebooks both = new Codebooks(2, 2, List.of(3, 4, 3, 4));
    assertEquals(
        List.of("group 0 stage 0", "group 0 stage 1", "group 1 stage 0", "group 1 stage 1"),
        both.names());
    try (Step step = Step.inference()) {
      List<CodeUsage> usage = both.usage(step.tensor(new int[] {0, 3, 2, -1, 0, 1, 1, -1}, 2, 4));
      assertArrayEquals(new long[] {2, 0, 0}, usage.get(0).counts());
      assertArrayEquals(new long[] {0, 1, 0, 1}, usage.get(1).counts());
      assertArrayEquals(new long[] {0, 1, 1}, usage.get(2).counts());
      assertEquals(0, usage.get(3).total());
    }
  }
}
