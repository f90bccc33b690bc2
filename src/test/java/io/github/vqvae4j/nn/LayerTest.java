package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTest {
  private static final Rng RNG = new Rng(1);

  private static final class Named extends Layer {
    Named(String... names) {
      for (String name : names) {
        child(name, new Linear(1, 1, RNG));
      }
    }

    @Override
    protected Tensor compute(Tensor input) {
      return input;
    }
  }

  @Test
  void namesAreHierarchicalAndInConstructionOrder() {
    Layer encoder = ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2).build(3, RNG);
    assertEquals(
        List.of(
            "down.0.weight",
            "down.0.bias",
            "mix.weight",
            "mix.bias",
            "residual.0.conv.weight",
            "residual.0.conv.bias",
            "residual.0.project.weight",
            "residual.0.project.bias",
            "project.weight",
            "project.bias"),
        List.copyOf(encoder.variables().keySet()));
    assertEquals(10, encoder.parameters().size());
  }

  @Test
  void invalidNamesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Named("a", "a")),
        "Named",
        "\"a\"",
        "[a]");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Named("a.b")), "\"a.b\"");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Named("")), "\"\"");
  }

  @Test
  void closedLayerThrows() {
    Linear linear = new Linear(2, 2, RNG);
    linear.close();
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[2], 1, 2);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> linear.forward(x)), "was closed");
    }
  }

  @Test
  void settingsBelowOneAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ConvConfig.of(0, 3, 3)),
        "in: expected at least 1, got 0");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Linear(3, 0, RNG)),
        "LinearConfig.out: expected at least 1, got 0.");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> ConvConfig.of(1, 1, 1).stride(0).padding(-1)),
        "ConvOptions.stride: expected 1 to 16777216, got 0.");
  }

  @Test
  void linearLayerReportsExpectedAndActualShape() {
    Linear linear = new Linear(3, 2, RNG);
    try (Step step = Step.inference()) {
      Tensor x = step.tensor(new float[8], 2, 4);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> linear.forward(x)),
          "[.., 3]",
          "[2, 4]");
    }
  }

  @Test
  void summaryListsEveryLayerWithShapeAndParameters() {
    Layer encoder = ConvEncoder.channels(1).hidden(4).downsample(1).residual(1, 2).build(3, RNG);
    Summary summary = Summary.of(encoder, 2, 8, 8, 1);
    Summary.Row down = summary.rows().get(0);
    assertEquals(new Summary.Row("down.0", "Conv2d", List.of(2L, 4L, 4L, 2L), 34), down);
    assertTrue(summary.rows().stream().anyMatch(r -> r.name().equals("residual.0.project")));
    long sum = summary.rows().stream().mapToLong(Summary.Row::parameters).sum();
    assertEquals(summary.parameters(), sum);
    assertTrue(summary.toString().contains("residual.0.conv"));
  }

  @Test
  void summaryListsASharedLayerUnderBothNames() {
    Linear linear = new Linear(2, 2, RNG);
    Summary summary =
        Summary.of(Sequential.of(Activation.RELU, linear, Activation.RELU, linear), 1, 2);
    assertEquals(
        List.of("0", "1", "2", "3", "(all)"),
        summary.rows().stream().map(Summary.Row::name).toList());
    assertEquals(6, summary.parameters());
    assertEquals(
        List.of(0L, 6L, 0L, 6L, 0L), summary.rows().stream().map(Summary.Row::parameters).toList());
  }

  @Test
  void summaryRejectsAnEmptyShape() {
    Linear linear = new Linear(2, 2, RNG);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Summary.of(linear, -1, 2)),
        "at least 1",
        "[-1, 2]");
  }

  @Test
  void totalLossRequiresATerm() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> LossTerm.total(List.of())),
        "at least one term",
        "got none");
  }
}
