package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Operation;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Blocks with several inputs and outputs. */
class BlockTest {
  private record Halves(Tensor kept, Tensor skip) {}

  /** A block with two inputs and two outputs. */
  private static final class Split extends Block {
    private final Linear scale;

    Split(Rng rng) {
      scale = child("scale", new Linear(3, 4, rng));
    }

    Halves forward(Tensor x, Tensor condition) {
      return within(
          x.step(),
          () -> {
            Tensor y = x.mul(scale.forward(condition));
            return new Halves(y.slice(1, 0, 2), y.slice(1, 2, 4).log());
          },
          Halves::kept);
    }
  }

  /** A layer that contains a block with several inputs and outputs. */
  private static final class Net extends Layer {
    private final Split split;
    private final Linear head;

    Net(Rng rng) {
      split = child("split", new Split(rng));
      head = child("head", new Linear(2, 1, rng));
    }

    @Override
    protected Tensor compute(Tensor x) {
      Halves halves = split.forward(x, x.slice(1, 0, 3));
      return head.forward(halves.kept()).add(halves.skip().sum());
    }
  }

  private static final float[] INPUT = {1, 2, 3, 4, -2, 5, 0.5f, 3};

  @Test
  void variablesAndNamesIncludeThoseOfBlocks() {
    try (Net net = new Net(new Rng(1))) {
      assertEquals(
          List.of("split.scale.weight", "split.scale.bias", "head.weight", "head.bias"),
          List.copyOf(net.variables().keySet()));
      assertEquals("split", net.split.toString());
      assertEquals("split.scale", net.split.scale.toString());
      assertSame(net.split, net.children().get("split"));
    }
  }

  @Test
  void observersErrorsAndTracesReportTheBlock() {
    try (Net net = new Net(new Rng(1));
        Step step = Step.inference()) {
      net.split.scale.variables().get("weight").set(new float[12]);
      net.split.scale.variables().get("bias").set(new float[] {1, 1, -1, 1});
      List<Object> sources = new ArrayList<>();
      List<Tensor> outputs = new ArrayList<>();
      Trace trace = step.trace();
      step.observe(
          (source, output) -> {
            sources.add(source);
            outputs.add(output);
          });
      Tensor x = step.tensor(INPUT, 2, 4);
      Tensor y = net.forward(x);
      assertEquals(List.of(net.split.scale, net.split, net.head, net), sources);
      assertArrayEquals(new long[] {2, 2}, outputs.get(1).shape());
      List<Operation> logs =
          trace.operations().stream().filter(o -> o.name().equals("log")).toList();
      assertSame(net.split, logs.get(0).layer());
      Map<Tensor, Tensor> replayed = trace.replay(step, Map.of(x, step.tensor(INPUT, 2, 4)));
      assertArrayEquals(y.toDoubles(), replayed.get(y).toDoubles());
      step.checkEachOperation();
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> net.forward(x)), "log", "split");
    }
  }

  @Test
  void summaryListsBlocks() {
    try (Net net = new Net(new Rng(1))) {
      assertEquals(
          List.of("split.scale", "split", "head", "(all)"),
          Summary.of(net, 2, 4).rows().stream().map(Summary.Row::name).toList());
      Summary summary =
          Summary.of(
              net.split,
              step -> net.split.forward(step.tensor(INPUT, 2, 4), step.tensor(new float[6], 2, 3)));
      assertEquals(
          List.of(
              new Summary.Row("scale", "Linear", List.of(2L, 4L), 16),
              new Summary.Row("(all)", "Split", List.of(2L, 2L), 0)),
          summary.rows());
      net.freeze();
      assertEquals(19, Summary.of(net, 2, 4).parameters(), "frozen parameters are counted");
    }
  }

  @Test
  void anonymousBlocksAreNamedByTheirClass() {
    try (Layer layer =
        new Layer() {
          @Override
          protected Tensor compute(Tensor x) {
            return x.add(x.stopGradient());
          }
        }) {
      String name = layer.getClass().getName();
      assertTrue(name.startsWith(BlockTest.class.getName() + "$"), name);
      assertEquals(name, layer.toString());
      assertEquals(name, Summary.of(layer, 2, 3).rows().get(0).type());
      assertMessageContains(
          assertThrows(AssertionError.class, () -> BlockCheck.of(layer, 2, 3).checkGradients()),
          name + ": gradient of input 0 at element 0: expected ",
          " (central difference), got ");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> layer.child("a.b", Activation.RELU)),
          name + ": expected a unique name without dots");
    }
  }

  @Test
  void gradientsFlowThroughAllInputsAndOutputs() {
    try (Split split = new Split(new Rng(1))) {
      split.scale.variables().get("bias").set(new float[] {9, 9, 9, 9});
      BlockCheck check =
          BlockCheck.of(
              split,
              x -> {
                Halves halves = split.forward(x.get(0).square(), x.get(1).tanh());
                return Tensor.concat(1, List.of(halves.kept(), halves.skip()));
              },
              new long[] {3, 4},
              new long[] {3, 3});
      check.checkGradients();
      check.checkThreadSafety();
    }
    try (Net net = new Net(new Rng(1));
        Net blank = Block.withoutValues(4, () -> new Net(new Rng(2)))) {
      net.variables()
          .forEach((name, variable) -> blank.variables().get(name).set(variable.toFloats()));
      assertTrue(blank.parameters().stream().allMatch(p -> p.isTrainable()));
    }
  }
}
