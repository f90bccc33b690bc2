package io.github.vqvae4j.tensor;

import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.RngKey;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests {@link Tensor#dependsOn}. */
class DependsOnTest {
  private static final int DEPTH = 200;

  private final Step step = Step.training(new RngKey(1, 0, 0));

  @AfterEach
  void close() {
    step.close();
  }

  private static Tensor leaf(Step step) {
    return step.tensor(new float[] {0.5f, 2}, 2).requireGradient();
  }

  @Test
  void resultsDependOnWhatTheyWereComputedFrom() {
    Tensor x = leaf(step);
    Tensor other = leaf(step);
    Tensor left = x.mul(2);
    Tensor right = x.exp();
    Tensor sum = left.add(right);
    for (Tensor source : List.of(x, left, right, sum)) {
      assertTrue(sum.dependsOn(source));
    }
    for (Tensor later : List.of(left, right, sum)) {
      assertFalse(x.dependsOn(later), "not the other way");
      assertFalse(later.dependsOn(other), "a tensor created before it");
      assertFalse(other.dependsOn(later));
    }
    assertFalse(right.dependsOn(left), "another branch");
    assertTrue(x.dependsOn(x));
  }

  @Test
  void deepChainsOfDiamondsAreVisitedOnce() {
    Tensor x = leaf(step);
    Tensor other = leaf(step);
    Tensor result = x;
    for (int i = 0; i < DEPTH; i++) {
      result = result.mul(0.25).add(result.mul(0.5));
    }
    Tensor last = result;
    assertTimeoutPreemptively(ofSeconds(10), () -> assertFalse(last.dependsOn(other)));
    assertTrue(last.dependsOn(x));
  }

  @Test
  void nothingDependsOnConstants() {
    Tensor x = leaf(step);
    Tensor constant = step.tensor(new float[] {3, 4}, 2);
    Tensor product = x.mul(constant);
    assertTrue(product.dependsOn(x));
    assertFalse(product.dependsOn(constant));
    assertFalse(constant.dependsOn(x));
    assertFalse(constant.dependsOn(constant));
    assertFalse(x.round().dependsOn(x), "has no gradient");
    assertFalse(x.argmax(0).dependsOn(x));
  }

  @Test
  void stopGradientEndsDependence() {
    Tensor x = leaf(step);
    Tensor other = leaf(step);
    Tensor stopped = x.mul(2).stopGradient();
    assertFalse(stopped.dependsOn(x));
    Tensor sum = stopped.add(other);
    assertFalse(sum.dependsOn(x));
    assertTrue(sum.dependsOn(other));
    Tensor through = x.straightThrough(other.mul(3));
    assertTrue(through.dependsOn(x));
    assertFalse(through.dependsOn(other));
  }

  @Test
  void variablesCountUnlessFrozen() {
    try (Variable trained = new Variable(true, new float[] {1, 2}, 2);
        Variable buffer = new Variable(false, new float[] {3, 4}, 2)) {
      Tensor sum = trained.in(step).add(buffer.in(step));
      assertTrue(sum.dependsOn(trained.in(step)));
      assertFalse(sum.dependsOn(buffer.in(step)));
      try (Step inference = Step.inference()) {
        Tensor value = trained.in(inference);
        assertFalse(value.exp().dependsOn(value));
      }
    }
  }

  @Test
  void tensorsOfAnotherStepAreUnrelated() {
    Tensor x = leaf(step);
    try (Step another = Step.training(new RngKey(1, 1, 0))) {
      Tensor sameNumber = leaf(another);
      Tensor later = leaf(another);
      assertFalse(x.exp().dependsOn(sameNumber));
      assertFalse(x.exp().dependsOn(later));
      assertFalse(sameNumber.exp().dependsOn(x));
    }
  }
}
