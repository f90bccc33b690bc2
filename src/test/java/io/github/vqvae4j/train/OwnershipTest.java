package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Buffer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which worker updates which parameter. */
class OwnershipTest {
  /** Parameters of the given sizes, and a buffer. */
  private static final class Sized extends Block implements Trainable<float[]> {
    final List<Parameter> all = new ArrayList<>();
    final Buffer buffer = buffer("buffer", new float[100], 100);

    Sized(int... sizes) {
      for (int i = 0; i < sizes.length; i++) {
        all.add(parameter("p" + i, new float[sizes[i]], sizes[i]));
      }
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class NotThreadSafe implements Optimizer {
    @Override
    public double rate() {
      return 1;
    }

    @Override
    public void update(
        List<Parameter> parameters, Gradients gradients, double rate, double weightDecay) {
      throw new UnsupportedOperationException();
    }
  }

  private static ObjectiveState<float[]> state(
      Trainable<float[]> model, Optimizer optimizer, Block first, Block... more) {
    return new ObjectiveState<>(
        Objective.of("objective", model::loss, first, more)
            .withDefaults(optimizer, Schedule.constant(), 0),
        model);
  }

  private static List<Integer> owners(Ownership ownership, List<Parameter> parameters) {
    return parameters.stream().map(ownership::ownerOf).toList();
  }

  /** Returns the number of elements of each worker. */
  private static int[] elements(Ownership ownership, List<Parameter> parameters, int workers) {
    int[] elements = new int[workers];
    parameters.forEach(p -> elements[ownership.ownerOf(p)] += p.size());
    return elements;
  }

  @Test
  void theLargestFirst() {
    Sized model = new Sized(2, 9, 3, 5, 1, 5);
    ObjectiveState<float[]> state = state(model, Sgd.rate(1), model);
    // 9 to worker 0, 5 to 1, 5 to 2, 3 to 1 (5 and 5: the first), 2 to 2, 1 to 2
    assertEquals(List.of(2, 0, 1, 1, 2, 2), owners(new Ownership(List.of(state), 3), model.all));
    assertEquals(0, new Ownership(List.of(state), 3).ownerOf(model.buffer));
    assertEquals(Collections.nCopies(6, 0), owners(new Ownership(List.of(state), 1), model.all));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 40})
  void elementsAreBalancedAndTheSameEveryTime(int workers) {
    long seed = System.nanoTime();
    Rng rng = new Rng(seed);
    int[] sizes =
        IntStream.range(0, 30).map(i -> 1 + rng.nextInt(i % 3 == 0 ? 2_000 : 50)).toArray();
    String message = "seed " + seed + ", sizes " + Arrays.toString(sizes);
    Sized model = new Sized(sizes);
    Ownership ownership = new Ownership(List.of(state(model, Sgd.rate(1), model)), workers);
    int[] elements = elements(ownership, model.all, workers);
    // The last parameter of the worker with the most elements went to the one with the fewest.
    int most = Arrays.stream(elements).max().getAsInt();
    int mean = Arrays.stream(sizes).sum() / workers;
    assertTrue(most <= mean + Arrays.stream(sizes).max().getAsInt(), message);
    assertEquals(Math.min(workers, 30), Arrays.stream(elements).filter(e -> e > 0).count());
    Sized again = new Sized(sizes);
    assertEquals(
        owners(ownership, model.all),
        owners(new Ownership(List.of(state(again, Adam.rate(1), again)), workers), again.all),
        message);
  }

  /** A GAN whose losses both train a shared part. */
  @Test
  void sharedParametersHaveOneOwner() {
    Sized shared = new Sized(100);
    Sized left = new Sized(60, 50);
    Sized right = new Sized(40, 30, 20);
    Trainable<float[]> model =
        Trainable.of(
            Objective.of("left", shared::loss, left, shared),
            Objective.of("right", shared::loss, right, shared));
    Ownership ownership =
        new Ownership(
            List.of(
                state(model, Sgd.rate(1), left, shared), state(model, Sgd.rate(1), right, shared)),
            2);
    assertEquals(List.of(0), owners(ownership, shared.all));
    assertEquals(List.of(1, 1), owners(ownership, left.all));
    assertEquals(List.of(1, 1, 1), owners(ownership, right.all), "100 to 90");
  }

  @Test
  void optimizersThatAreNotThreadSafe() {
    Sized shared = new Sized(10);
    Sized left = new Sized(60, 50);
    Sized right = new Sized(40, 30, 20);
    Trainable<float[]> model =
        Trainable.of(
            Objective.of("left", shared::loss, left, shared),
            Objective.of("right", shared::loss, right, shared));
    ObjectiveState<float[]> safe = state(model, Sgd.rate(1), left, shared);
    ObjectiveState<float[]> unsafe = state(model, new NotThreadSafe(), right, shared);
    for (List<ObjectiveState<float[]>> order :
        List.of(List.of(safe, unsafe), List.of(unsafe, safe))) {
      Ownership ownership = new Ownership(order, 3);
      assertEquals(List.of(0, 0, 0), owners(ownership, right.all));
      assertEquals(List.of(0), owners(ownership, shared.all), "also if another optimizer is safe");
      assertEquals(List.of(1, 2), owners(ownership, left.all), "worker 0 has the shared one");
    }
  }
}
