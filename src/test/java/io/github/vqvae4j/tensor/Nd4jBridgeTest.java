package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Tests conversions from and to ND4J arrays of any memory layout. */
class Nd4jBridgeTest {
  private static final List<DataType> TYPES =
      List.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT32);

  private record View(String name, UnaryOperator<INDArray> of) {}

  private static final List<View> VIEWS =
      List.of(
          new View("c order", a -> a),
          new View("f order", a -> a.dup('f')),
          new View("permuted", a -> a.permute(2, 0, 3, 1)),
          new View("f order, permuted", a -> a.dup('f').permute(1, 0, 3, 2)),
          new View("transposed", a -> a.reshape(15, 154).transpose()),
          new View("index of the first axis", a -> a.slice(2)),
          new View("index of the last axis", a -> a.slice(3, 3)),
          new View("a point", a -> a.get(at(1), at(2), at(3), at(4))),
          new View(
              "intervals",
              a ->
                  a.get(
                      NDArrayIndex.interval(1, 3),
                      NDArrayIndex.all(),
                      NDArrayIndex.interval(2, 6),
                      NDArrayIndex.interval(3, 10))),
          new View(
              "every other",
              a ->
                  a.get(
                      NDArrayIndex.interval(0, 2, 3),
                      NDArrayIndex.interval(1, 3, 5),
                      NDArrayIndex.interval(0, 3, 7),
                      NDArrayIndex.interval(1, 2, 22))),
          new View(
              "f order, every other, permuted",
              a ->
                  a.dup('f')
                      .get(
                          NDArrayIndex.all(),
                          NDArrayIndex.interval(1, 2, 5),
                          NDArrayIndex.all(),
                          NDArrayIndex.interval(1, 7, 22))
                      .permute(3, 1, 0, 2)),
          new View("a column", a -> a.reshape(15, 154).getColumn(7)),
          new View("a row", a -> a.reshape(15, 154).getRow(7)),
          new View("a column of f order", a -> a.reshape(15, 154).dup('f').getColumn(7, true)),
          new View("the diagonal's", a -> Nd4j.diag(a.reshape(15, 154).getColumn(3))),
          new View("broadcast", a -> a.slice(0).reshape(1, 5, 7, 22).broadcast(3, 5, 7, 22)),
          new View("repeated", a -> a.slice(0, 0).reshape(1, 5, 7, 22).repeat(0, 4)),
          new View("axes of 1", a -> a.slice(0, 1).reshape(3, 1, 7, 1, 22)),
          new View("one element", a -> a.reshape(2310).get(NDArrayIndex.interval(7, 8))),
          new View("rank 0", a -> Nd4j.scalar(a.dataType(), 7)));

  private static org.nd4j.linalg.indexing.INDArrayIndex at(long index) {
    return NDArrayIndex.point(index);
  }

  private static INDArray base(DataType type) {
    return Nd4j.arange(2310).reshape(3, 5, 7, 22).castTo(type);
  }

  @TestFactory
  Stream<DynamicTest> everyOrderAndView() {
    return TYPES.stream()
        .flatMap(
            type ->
                VIEWS.stream()
                    .map(
                        view -> dynamicTest(view.name() + " in " + type, () -> check(view, type))));
  }

  private static void check(View view, DataType type) {
    INDArray array = view.of().apply(base(type));
    double[] expected = elements(array);
    INDArray copy;
    try (Step step = Step.inference()) {
      Tensor tensor = step.tensor(array);
      long[] shape = array.rank() == 0 ? new long[] {1} : array.shape();
      assertArrayEquals(shape, tensor.shape());
      assertEquals(type, tensor.toINDArray().dataType());
      assertArrayEquals(expected, tensor.toDoubles());
      copy = tensor.toINDArray();
      array.assign(-1);
      assertArrayEquals(expected, tensor.toDoubles(), "a copy");
      copy.addi(1);
      assertArrayEquals(expected, tensor.toDoubles(), "a copy");
      assertArrayEquals(shape, copy.shape());
      assertEquals('c', copy.ordering());
      assertFalse(copy.isView());
    }
    double[] more = Arrays.stream(expected).map(x -> x + 1).toArray();
    assertArrayEquals(more, elements(copy));
  }

  /** Returns the elements by index, which is slow but valid for any order and view. */
  private static double[] elements(INDArray array) {
    double[] elements = new double[(int) array.length()];
    if (array.rank() == 0) {
      elements[0] = array.getDouble(0);
      return elements;
    }
    int[] next = {0};
    NdArray.forEachIndex(array.shape(), index -> elements[next[0]++] = array.getDouble(index));
    return elements;
  }

  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void conversionPreservesBits(KernelSet kernels) {
    float[] floats = {
      Float.MIN_VALUE, -0f, Float.NEGATIVE_INFINITY, Float.NaN, Float.MAX_VALUE, 1e-40f
    };
    int[] ints = {Integer.MIN_VALUE, Integer.MAX_VALUE, (1 << 24) + 1, -1};
    double[] doubles = {Double.MIN_VALUE, -0.0, Math.PI, Double.NaN, 1e300};
    try (Step step = kernels.inference()) {
      INDArray array = Nd4j.createFromArray(floats);
      assertArrayEquals(floats, step.tensor(array).toFloats());
      assertArrayEquals(floats, step.tensor(array).toINDArray().toFloatVector());
      assertArrayEquals(ints, step.tensor(Nd4j.createFromArray(ints)).toInts());
      assertArrayEquals(ints, step.tensor(ints, 4).toINDArray().toIntVector());
      assertArrayEquals(doubles, step.tensor(Nd4j.createFromArray(doubles)).toDoubles());
      assertArrayEquals(doubles, step.tensor(doubles, 5).toINDArray().toDoubleVector());
    }
  }

  /** Covers results, views, tensors of variables and gradients. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void toINDArrayReturnsAnIndependentCopy(KernelSet kernels) {
    INDArray weight;
    INDArray transposed;
    INDArray gradient;
    try (Variable v = new Variable(true, new float[] {1, 2, 3, 4, 5, 6}, 2, 3)) {
      try (Step step = kernels.training(new Rng(1))) {
        Tensor x = v.in(step);
        x.square().sum().backward();
        weight = x.reshape(3, 2).toINDArray();
        transposed = x.permute(1, 0).toINDArray();
        gradient = x.gradient().toINDArray();
        weight.muli(10);
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, v.toFloats());
      }
      v.set(new float[6]);
    }
    for (int i = 0; i < 3; i++) {
      try (Step step = kernels.inference()) {
        step.tensor(new float[1 << 20], 1 << 20).add(99).mul(7);
      }
    }
    System.gc();
    assertArrayEquals(new float[][] {{10, 20}, {30, 40}, {50, 60}}, weight.toFloatMatrix());
    assertArrayEquals(new float[][] {{1, 4}, {2, 5}, {3, 6}}, transposed.toFloatMatrix());
    assertArrayEquals(new float[][] {{2, 4, 6}, {8, 10, 12}}, gradient.toFloatMatrix());
    weight.close();
  }

  @Test
  void userWorkspacesAreNotModified() {
    WorkspaceConfiguration small =
        WorkspaceConfiguration.builder().initialSize(1 << 20).overallocationLimit(0.1).build();
    INDArray out = null;
    for (int i = 0; i < 3; i++) {
      try (MemoryWorkspace workspace =
              Nd4j.getWorkspaceManager().getAndActivateWorkspace(small, "bridge");
          Step step = Step.inference()) {
        INDArray in = Nd4j.createFromArray(1f, 2f, 3f, 4f).reshape(2, 2);
        INDArray attached = in.mul(i + 1);
        assertEquals(true, attached.isAttached());
        long before = workspace.getPrimaryOffset();
        Tensor x = step.tensor(attached.transpose());
        INDArray now = x.add(1).toINDArray();
        assertEquals(before, workspace.getPrimaryOffset(), "bytes taken of the workspace");
        assertFalse(now.isAttached());
        out = out == null ? now : out;
      }
    }
    assertArrayEquals(new float[][] {{2, 4}, {3, 5}}, out.toFloatMatrix());
  }

  private static void assertRejected(INDArray array, String... fragments) {
    try (Step step = Step.inference()) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> step.tensor(array)), fragments);
    }
  }

  @Test
  void unsupportedTypesAreRejectedWithAdvice() {
    INDArray array = Nd4j.createFromArray(1f, 0f, 1f);
    for (DataType type : List.of(DataType.FLOAT16, DataType.BFLOAT16)) {
      assertRejected(array.castTo(type), "got one in " + type, "castTo(DataType.FLOAT)");
    }
    for (DataType type :
        List.of(DataType.BOOL, DataType.INT8, DataType.UINT8, DataType.INT16, DataType.UINT16)) {
      assertRejected(array.castTo(type), "got one in " + type, "castTo(DataType.INT32)");
    }
    for (DataType type : List.of(DataType.INT64, DataType.UINT32, DataType.UINT64)) {
      assertRejected(
          array.castTo(type), "got one in " + type, "castTo(DataType.INT32) if its values fit");
    }
    assertRejected(Nd4j.create("text"), "got one in UTF8");
  }

  @Test
  void emptyAndClosedArraysAreRejected() {
    assertRejected(Nd4j.empty(DataType.FLOAT), "an empty one", "Leave it out");
    assertRejected(Nd4j.create(DataType.FLOAT, 3, 0, 2), "an empty one of shape [3, 0, 2]");
    INDArray closed = Nd4j.createFromArray(1f, 0f, 1f);
    closed.close();
    assertRejected(closed, "a closed one");
  }

  @Test
  void closedStepsAreRejected() {
    Step step = Step.inference();
    Tensor x = step.tensor(Nd4j.createFromArray(1f));
    step.close();
    assertThrows(IllegalStateException.class, x::toINDArray);
    assertThrows(IllegalStateException.class, () -> step.tensor(Nd4j.createFromArray(1f)));
  }
}
