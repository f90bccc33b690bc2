package io.github.vqvae4j.data;

import io.github.vqvae4j.data.internal.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits batches into shares, one for each worker of a training run. The sizes of the shares of a
 * batch differ by at most one; larger shares come first. A batch of fewer examples than shares is
 * split into shares of one example.
 *
 * <pre>{@code
 * Batches<List<ImageBatch>> batches = Batches.shuffled(Shares.of(images, 2), 32, 42);
 * List<ImageBatch> halves = batches.next(); // 16 images each
 * }</pre>
 */
public final class Shares {
  private Shares() {}

  /**
   * Returns the index in its batch of the first example of a share.
   *
   * @param batch the number of examples in the batch
   * @param shares the number of shares, from 1 to {@code batch}
   * @param index the index of the share; {@code shares} for the end of the last one
   * @return the index of the first example
   */
  public static int first(int batch, int shares, int index) {
    return index * (batch / shares) + Math.min(index, batch % shares);
  }

  /**
   * Returns a view of a source whose batches are split.
   *
   * @param source the examples
   * @param shares the number of shares of a batch, at least 1
   * @param <B> the type of a share
   * @return the view, each batch of which is the list of its shares
   */
  public static <B> Source<List<B>> of(Source<B> source, int shares) {
    checkShares(shares);
    return new SharedSource<>(source, shares);
  }

  /**
   * Returns a view of a stream whose batches are split.
   *
   * @param stream the examples
   * @param shares the number of shares of a batch, at least 1
   * @param <B> the type of a share
   * @return the view; if fewer examples are left than in a batch, it has ended
   */
  public static <B> BatchStream<List<B>> of(BatchStream<B> stream, int shares) {
    checkShares(shares);
    return new SharedStream<>(stream, shares);
  }

  private static void checkShares(int shares) {
    if (shares < 1) {
      throw new IllegalArgumentException(
          "Shares.of: expected at least 1 share, got " + shares + ".");
    }
  }

  private record SharedSource<B>(Source<B> viewed, int shares) implements Source<List<B>>, View {
    @Override
    public int size() {
      return viewed.size();
    }

    @Override
    public List<B> batch(int... indices) {
      int count = Math.min(shares, indices.length);
      List<B> split = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int from = first(indices.length, count, i);
        int to = first(indices.length, count, i + 1);
        split.add(Batches.read(viewed, Arrays.copyOfRange(indices, from, to)));
      }
      return List.copyOf(split);
    }

    @Override
    public Source<List<B>> atEpoch(long epoch) {
      return new SharedSource<>(viewed.atEpoch(epoch), shares);
    }

    @Override
    public boolean isThreadSafe() {
      return viewed.isThreadSafe();
    }

    @Override
    public List<Integer> exampleShape() {
      return viewed.exampleShape();
    }

    @Override
    public int skippedFiles() {
      return viewed.skippedFiles();
    }

    @Override
    public String toString() {
      return viewed.toString();
    }
  }

  private record SharedStream<B>(BatchStream<B> viewed, int shares)
      implements BatchStream<List<B>>, View {
    @Override
    public List<B> next(int n) {
      int count = Math.min(shares, n);
      List<B> split = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        B share = viewed.next(first(n, count, i + 1) - first(n, count, i));
        if (share == null) {
          return null; // the examples of an incomplete batch are dropped
        }
        split.add(share);
      }
      return List.copyOf(split);
    }

    @Override
    public long position() {
      return viewed.position();
    }

    @Override
    public String toString() {
      return viewed.toString();
    }
  }
}
