package io.github.vqvae4j.train;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A model of numbers that records the batches it is trained with; its examples are 0, 1, 2, .. */
final class Numbers extends Block implements Trainable<int[]> {
  private final BatchRecorder recorder = new BatchRecorder();
  private final Linear linear = child("linear", new Linear(1, 1, new Rng(1)));

  @Override
  public BatchLoss loss(Step step, int[] batch, TrainingProgress progress) {
    if (step.isTraining()) {
      recorder.add(step.workers(), list(batch));
    }
    return BatchLoss.of("error", prediction(step, batch).square().mean());
  }

  Tensor prediction(Step step, int... batch) {
    Tensor numbers = step.tensor(batch, batch.length, 1).to(linear.parameters().get(0).dtype());
    return linear.forward(numbers.mul(0.01));
  }

  /** Returns the batches of all runs. */
  List<List<Integer>> trained() {
    return recorder.batches();
  }

  List<Integer> allTrained() {
    return recorder.examples();
  }

  static List<Integer> list(int... batch) {
    return Arrays.stream(batch).boxed().toList();
  }

  /** Returns a source of the numbers from 0 to count - 1. */
  static Source<int[]> source(int count, Consumer<int[]> beforeBatch) {
    return new Source<>() {
      @Override
      public int size() {
        return count;
      }

      @Override
      public int[] batch(int... indices) {
        beforeBatch.accept(indices);
        return indices.clone();
      }
    };
  }

  static Source<int[]> source(int count) {
    return source(count, indices -> {});
  }

  /** A stream of the numbers from 0 to count - 1. */
  static final class Stream implements BatchStream<int[]> {
    private final int count;
    private final Consumer<Integer> beforeBatch;
    private volatile int position;

    Stream(int count, Consumer<Integer> beforeBatch) {
      this.count = count;
      this.beforeBatch = beforeBatch;
    }

    @Override
    public int[] next(int n) {
      beforeBatch.accept(position);
      if (count - position < n) {
        return null;
      }
      int[] batch = IntStream.range(position, position + n).toArray();
      position += n;
      return batch;
    }

    @Override
    public long position() {
      return position;
    }
  }

  static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
