package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that are split into shares. */
@Timeout(60)
class SharesTest {
  /** The numbers 0, 1, 2, .., from 100 times the epoch on; one thread at a time may read them. */
  private record Counted(int size, long epoch, boolean isThreadSafe) implements Source<int[]> {
    @Override
    public int[] batch(int... indices) {
      return Arrays.stream(indices).map(i -> (int) (100 * epoch) + i).toArray();
    }

    @Override
    public Source<int[]> atEpoch(long newEpoch) {
      return new Counted(size, newEpoch, isThreadSafe);
    }

    @Override
    public List<Integer> exampleShape() {
      return List.of(2, 3);
    }

    @Override
    public int skippedFiles() {
      return 17;
    }
  }

  /** The numbers from 0 to count - 1, which are read with the lock of the stream only. */
  private static final class Stream implements BatchStream<int[]> {
    final int count;
    int position;

    Stream(int count) {
      this.count = count;
    }

    @Override
    public int[] next(int n) {
      assertTrue(Thread.holdsLock(this));
      if (count - position < n) {
        return null;
      }
      position += n;
      return IntStream.range(position - n, position).toArray();
    }

    @Override
    public long position() {
      assertTrue(Thread.holdsLock(this));
      return position;
    }
  }

  private static List<List<Integer>> lists(List<int[]> shares) {
    return shares.stream().map(share -> Arrays.stream(share).boxed().toList()).toList();
  }

  private static List<Integer> sizes(List<int[]> shares) {
    return shares.stream().map(share -> share.length).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "32, 1, 32",
    "32, 2, 16 16",
    "32, 3, 11 11 10",
    "7, 4, 2 2 2 1",
    "5, 5, 1 1 1 1 1",
    "2, 5, 1 1",
    "1, 3, 1"
  })
  void sizesDifferByAtMostOne(int batch, int shares, String expected) {
    List<Integer> sizes = Arrays.stream(expected.split(" ")).map(Integer::valueOf).toList();
    int[] indices = IntStream.range(0, batch).map(i -> 3 * i + 1).toArray();
    List<int[]> ofSource = Shares.of(new Counted(1_000, 0, false), shares).batch(indices);
    assertEquals(sizes, sizes(ofSource));
    assertEquals(
        Arrays.stream(indices).boxed().toList(),
        lists(ofSource).stream().flatMap(List::stream).toList());
    Stream stream = new Stream(1_000);
    synchronized (stream) {
      List<int[]> first = Shares.of(stream, shares).next(batch);
      assertEquals(sizes, sizes(first));
      List<Integer> examples = lists(first).stream().flatMap(List::stream).toList();
      assertEquals(IntStream.range(0, batch).boxed().toList(), examples);
    }
    int start = 0;
    for (int i = 0; i < sizes.size(); i++) {
      assertEquals(start, Shares.first(batch, sizes.size(), i));
      start += sizes.get(i);
    }
    assertEquals(batch, Shares.first(batch, sizes.size(), sizes.size()));
  }

  @Test
  void theSourceIsDescribedByItsView() {
    for (boolean threadSafe : new boolean[] {true, false}) {
      Counted source = new Counted(50, 0, threadSafe);
      Source<List<int[]>> view = Shares.of(source, 2);
      assertEquals(50, view.size());
      assertEquals(threadSafe, view.isThreadSafe());
      assertEquals(List.of(2, 3), view.exampleShape());
      assertEquals(17, view.skippedFiles());
      assertEquals(source.toString(), view.toString());
      Source<List<int[]>> later = view.atEpoch(4);
      assertEquals(threadSafe, later.isThreadSafe());
      assertEquals(
          List.of(List.of(405, 407), List.of(401)), lists(later.batch(5, 7, 1)), "epoch 4");
      assertEquals(List.of(List.of(5, 7), List.of(1)), lists(view.batch(5, 7, 1)), "epoch 0");
    }
  }

  /** A view of a view is read with the lock of the user's source. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sourcesThatAreNotThreadSafeAreReadWithTheirLock(boolean threadSafe) {
    List<Boolean> held = new ArrayList<>();
    Source<int[]> source =
        new Source<>() {
          @Override
          public int size() {
            return 40;
          }

          @Override
          public int[] batch(int... indices) {
            synchronized (held) {
              held.add(Thread.holdsLock(this));
            }
            return indices.clone();
          }

          @Override
          public boolean isThreadSafe() {
            return threadSafe;
          }
        };
    try (Batches<List<int[]>> batches =
        Batches.shuffled(Shares.of(source.range(3, 33), 3), 10, 1)) {
      assertEquals(List.of(4, 3, 3), sizes(batches.next()));
      assertEquals(List.of(4, 3, 3), sizes(batches.next()));
    }
    synchronized (held) {
      assertTrue(held.size() >= 6);
      assertEquals(threadSafe, !held.contains(true));
      assertEquals(!threadSafe, !held.contains(false));
    }
  }

  @Test
  void batchesAreTheSameAsWithoutShares() {
    Counted source = new Counted(23, 0, true);
    try (Batches<int[]> whole = Batches.shuffled(source, 5, 8);
        Batches<List<int[]>> split = Batches.shuffled(Shares.of(source, 3), 5, 8)) {
      for (int n = 0; n < 12; n++) {
        List<List<Integer>> shares = lists(split.next());
        assertEquals(List.of(2, 2, 1), shares.stream().map(List::size).toList());
        assertEquals(
            Arrays.stream(whole.next()).boxed().toList(),
            shares.stream().flatMap(List::stream).toList());
        assertEquals(whole.position(), split.position());
      }
    }
  }

  /** The examples of an incomplete batch are read, but belong to no batch. */
  @ParameterizedTest
  @CsvSource({"8, 2, 8", "9, 2, 8", "10, 2, 10", "11, 2, 10", "10, 3, 10", "11, 3, 11"})
  void streamsThatEndInTheMiddleOfABatch(int count, int shares, int position) {
    Stream stream = new Stream(count);
    try (Batches<List<int[]>> batches = Batches.of(Shares.of(stream, shares), 4)) {
      assertEquals(0, batches.position());
      assertEquals(4, sizes(batches.next()).stream().mapToInt(i -> i).sum());
      assertEquals(4, batches.position());
      assertEquals(4, sizes(batches.next()).stream().mapToInt(i -> i).sum());
      assertEquals(8, batches.position());
      assertNull(batches.next());
      assertNull(batches.next());
    }
    synchronized (stream) {
      assertEquals(position, stream.position());
    }
  }

  /** Two runs on one stream: whoever reads a batch reads all of it. */
  @Test
  void readersOfTheSameStreamGetWholeBatches() {
    Stream stream = new Stream(4_000);
    List<Integer> read = new ArrayList<>();
    try (Batches<List<int[]>> first = Batches.of(Shares.of(stream, 3), 4);
        Batches<List<int[]>> second = Batches.of(Shares.of(stream, 2), 4)) {
      for (int n = 0; n < 400; n++) {
        for (Batches<List<int[]>> batches : List.of(first, second)) {
          List<Integer> batch = lists(batches.next()).stream().flatMap(List::stream).toList();
          int start = batch.get(0);
          assertEquals(List.of(start, start + 1, start + 2, start + 3), batch);
          assertFalse(read.contains(start), "twice: " + start);
          read.add(start);
        }
      }
    }
  }

  @Test
  void sourcesWithoutABatchAreReported() {
    Source<int[]> source =
        new Source<>() {
          @Override
          public int size() {
            return 4;
          }

          @Override
          public int[] batch(int... indices) {
            return indices[0] == 2 ? null : indices;
          }

          @Override
          public String toString() {
            return "my source";
          }
        };
    Source<List<int[]>> view = Shares.of(source, 2);
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> view.batch(0, 1, 2, 3)),
        "Source.batch: expected a batch, got null from my source");
  }

  @Test
  void atLeastOneShare() {
    for (int shares : new int[] {0, -3}) {
      for (Runnable of :
          List.<Runnable>of(
              () -> Shares.of(new Counted(5, 0, true), shares),
              () -> Shares.of(new Stream(5), shares))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, of::run),
            "Shares.of: expected at least 1 share, got " + shares);
      }
    }
  }
}
