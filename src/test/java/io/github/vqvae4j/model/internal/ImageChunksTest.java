package io.github.vqvae4j.model.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.internal.ImageChunks.Chunks;
import io.github.vqvae4j.parallel.WithThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageChunksTest {
  private static final int SMALL = 32 * 32;

  private static int[] bounds(int count, long pixels) {
    Chunks chunks = Chunks.of(count, pixels);
    return IntStream.rangeClosed(0, chunks.chunks()).map(chunks::from).toArray();
  }

  @Test
  void numbersOfImagesNearTheMaximumDoNotOverflow() {
    for (int count : new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 1 << 30}) {
      for (long pixels : new long[] {1, 5000, 1L << 40}) {
        Chunks chunks = Chunks.of(count, pixels);
        assertEquals(count, chunks.from(chunks.chunks()));
        assertTrue(chunks.from(chunks.chunks() - 1) < count);
        assertTrue(chunks.from(chunks.chunks() - 1) > count - 17);
      }
    }
  }

  @Test
  void twoChunksUpTo32SmallImages() {
    assertArrayEquals(new int[] {0, 1}, bounds(1, SMALL));
    assertArrayEquals(new int[] {0, 1, 2}, bounds(2, SMALL));
    assertArrayEquals(new int[] {0, 5, 9}, bounds(9, SMALL));
    assertArrayEquals(new int[] {0, 16, 32}, bounds(32, SMALL));
  }

  @Test
  void theLastTwoChunksOfMoreImagesAreHalved() {
    assertArrayEquals(new int[] {0, 16, 24, 32, 33}, bounds(33, SMALL));
    assertArrayEquals(new int[] {0, 16, 24, 32, 40, 48}, bounds(48, SMALL));
    assertArrayEquals(
        new int[] {0, 16, 32, 48, 64, 80, 96, 104, 112, 120, 128}, bounds(128, SMALL));
  }

  @Test
  void largeImagesAreProcessedOneAtATime() {
    assertArrayEquals(new int[] {0, 1, 2, 3}, bounds(3, 128 * 128));
    assertArrayEquals(new int[] {0, 1, 2, 3}, bounds(3, 1L << 40));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 700, 1024, 5000, 16384, 20000})
  void chunksAreWithinTheLimitsAndCoverAllImages(int pixels) {
    for (int count = 1; count < 200; count++) {
      int[] bounds = bounds(count, pixels);
      assertEquals(0, bounds[0]);
      assertEquals(count, bounds[bounds.length - 1]);
      for (int i = 1; i < bounds.length; i++) {
        int size = bounds[i] - bounds[i - 1];
        assertTrue(size >= 1 && size <= ImageChunks.size(count, pixels), "" + size);
        assertTrue(size == 1 || size <= 16 && (long) size * pixels <= 16384, "" + size);
      }
    }
  }

  @Test
  void theChunkOfAnImageIsFound() {
    for (int count = 1; count < 150; count++) {
      Chunks chunks = Chunks.of(count, SMALL);
      for (int image = 0; image < count; image++) {
        int chunk = chunks.indexOf(image);
        assertTrue(chunks.from(chunk) <= image && image < chunks.from(chunk + 1));
      }
    }
  }

  /** A row of several maps has at most 512 positions, so that its memory is bounded. */
  @Test
  void chunksOfRowsHoldMoreOfTheSmallMaps() {
    assertEquals(List.of("0 32", "32 64"), byRow(64, 7, 7));
    assertEquals(List.of("0 73", "73 110", "110 147", "147 150"), byRow(150, 7, 7));
    assertEquals(List.of("0 8", "8 16"), byRow(16, 32, 32));
    assertEquals(List.of("0 1", "1 2", "2 3"), byRow(3, 1, 600));
    assertEquals(List.of("0 1"), byRow(1, 7, 7));
  }

  private static List<String> byRow(int count, int height, int width) {
    List<String> chunks = new ArrayList<>();
    ImageChunks.forEachByRow(
        count, height, width, (from, to) -> from + " " + to, chunk -> chunk, chunks::add);
    return chunks;
  }

  @Test
  void inputsAndResultsAreInOrder() {
    List<Integer> results = new ArrayList<>();
    WithThreads.run(
        3,
        () ->
            ImageChunks.forEach(
                77,
                SMALL,
                (from, to) -> IntStream.range(from, to).boxed().toList(),
                list -> list,
                results::addAll));
    assertEquals(IntStream.range(0, 77).boxed().toList(), results);
  }
}
