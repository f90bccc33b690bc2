package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests values, conversion and lifetime of variables. */
class VariableTest {
  private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

  @Test
  void storesItsValues() {
    long[] shape = {2, 3};
    float[] values = VALUES.clone();
    try (Variable variable = new Variable(true, values, shape)) {
      shape[0] = 9;
      values[0] = 9;
      assertArrayEquals(new long[] {2, 3}, variable.shape());
      assertEquals(6, variable.size());
      assertTrue(variable.isTrainable());
      assertEquals(DType.FLOAT, variable.dtype());
      assertArrayEquals(VALUES, variable.toFloats());
      variable.write(1, new float[] {7, 8, 9}, 1, 2);
      assertArrayEquals(new float[] {1, 8, 9, 4, 5, 6}, variable.toFloats());
      float[] target = new float[3];
      variable.read(2, target, 1, 2);
      assertArrayEquals(new float[] {0, 9, 4}, target);
      variable.set(VALUES);
      assertArrayEquals(VALUES, variable.toFloats());
      variable.set(new double[] {1, 2, 3, 4, 5, 1.0 / 3});
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, 1f / 3}, variable.toFloats());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void tracksReplacedRows(DType dtype) {
    try (Variable variable = new Variable(false, VALUES, 3, 2)) {
      variable.convert(dtype);
      assertFalse(variable.isReplaced(0, variable.replacementCount()));
      long before = variable.replacementCount();
      long version = variable.version();
      variable.replaceRows(new int[] {2, 0}, new double[] {50, 60, 10, 20});
      assertArrayEquals(new double[] {10, 20, 3, 4, 50, 60}, variable.toDoubles());
      assertNotEquals(version, variable.version());
      long between = variable.replacementCount();
      variable.replaceRows(new int[] {1}, new double[] {30, 40});
      for (int row = 0; row < 3; row++) {
        assertTrue(variable.isReplaced(row, before));
        assertEquals(row == 1, variable.isReplaced(row, between));
        assertFalse(variable.isReplaced(row, variable.replacementCount()));
      }
      variable.set(new double[] {1, 2, 3, 4, 5, 6});
      assertFalse(variable.isReplaced(0, between));
      for (Executable wrong :
          List.<Executable>of(
              () -> variable.replaceRows(new int[] {0}, new double[3]),
              () -> variable.replaceRows(new int[] {3}, new double[2]),
              () -> variable.replaceRows(new int[] {0, -1}, new double[4]))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, wrong),
            "rows from 0 to 2 and 2 values for each");
      }
      assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, variable.toDoubles());
      assertEquals(between + 1, variable.replacementCount());
    }
  }

  @Test
  void rejectsAWrongNumberOfValues() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Variable(false, new float[5], 2, 3)),
        "[2, 3]",
        "5");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new Variable(false, new float[0], 2, 0)),
        "Variable: expected dimensions of at least 1",
        "[2, 0]");
    try (Variable variable = new Variable(false, VALUES, 2, 3)) {
      for (Executable set :
          List.<Executable>of(
              () -> variable.set(new float[7]), () -> variable.set(new double[7]))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, set), "6", "[2, 3]", "7");
      }
      assertArrayEquals(VALUES, variable.toFloats());
    }
    try (Variable variable = new Variable(false, new float[1], 1)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> variable.set(new float[2])),
          "a variable of shape [1]: expected 1 value for shape [1], got 2.");
    }
  }

  @Test
  void rejectsRangesOutOfBounds() {
    float[] heap = new float[4];
    try (Variable variable = new Variable(false, VALUES, 2, 3)) {
      for (Executable beyond :
          List.<Executable>of(
              () -> variable.read(3, heap, 0, 4),
              () -> variable.read(-1, heap, 0, 1),
              () -> variable.read(0, heap, 3, 2),
              () -> variable.read(0, heap, -1, 2),
              () -> variable.read(0, heap, 0, -1),
              () -> variable.write(3, heap, 0, 4),
              () -> variable.write(Long.MAX_VALUE, heap, 0, 4),
              () -> variable.write(0, heap, 2, 3))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, beyond),
            "6 elements",
            "4 elements",
            "got");
      }
      assertArrayEquals(VALUES, variable.toFloats());
    }
  }

  @Test
  void convertsToDoubleAndBack() {
    try (Variable variable = new Variable(true, VALUES, 2, 3)) {
      variable.convert(DType.DOUBLE);
      assertEquals(DType.DOUBLE, variable.dtype());
      assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, variable.toDoubles());
      double third = 1.0 / 3;
      variable.set(new double[] {third, 2, 3, 4, 5, 6});
      assertEquals(third, variable.toDoubles()[0]);
      for (Executable inFloat :
          List.<Executable>of(
              variable::toFloats,
              () -> variable.set(VALUES),
              () -> variable.read(0, new float[1], 0, 1),
              () -> variable.write(0, new float[1], 0, 1))) {
        assertMessageContains(
            assertThrows(IllegalStateException.class, inFloat), "DOUBLE", "toDoubles()");
      }
      try (Step step = Step.training(new Rng(1))) {
        Tensor tensor = variable.in(step);
        assertEquals(DType.DOUBLE, tensor.dtype());
        tensor.square().sum().backward();
        assertEquals(2 * third, step.gradient(variable).toDoubles()[0]);
      }
      variable.convert(DType.FLOAT);
      assertArrayEquals(new float[] {1f / 3, 2, 3, 4, 5, 6}, variable.toFloats());
    }
  }

  @Test
  void useAfterCloseThrows() {
    Variable variable = new Variable(true, VALUES, 2, 3);
    variable.close();
    assertDoesNotThrow(variable::close, "closing twice");
    try (Step step = Step.training(new Rng(1))) {
      for (Executable use :
          List.<Executable>of(
              variable::toFloats,
              variable::toDoubles,
              () -> variable.set(VALUES),
              () -> variable.set(new double[6]),
              () -> variable.write(0, VALUES, 0, 1),
              () -> variable.convert(DType.DOUBLE),
              () -> variable.in(step))) {
        assertMessageContains(assertThrows(IllegalStateException.class, use), "[2, 3]", "closed");
      }
    }
  }

  /** Its tensors are views of its memory, which is no longer valid. */
  @Test
  void tensorsAreInvalidAfterCloseOrConversion() {
    Variable closed = new Variable(true, VALUES, 2, 3);
    try (Variable converted = new Variable(true, VALUES, 2, 3);
        Step step = Step.training(new Rng(1))) {
      Tensor first = closed.in(step);
      Tensor second = converted.in(step);
      closed.close();
      converted.convert(DType.DOUBLE);
      assertMessageContains(assertThrows(IllegalStateException.class, first::toFloats), "closed");
      assertMessageContains(
          assertThrows(IllegalStateException.class, second::exp), "converted", "new step");
      assertThrows(IllegalStateException.class, () -> second.stopGradient().toFloats());
    }
  }

  @Test
  void everyWriteChangesTheStamp() {
    try (Variable testCase = new Variable(true, VALUES, 2, 3);
        Variable other = new Variable(true, VALUES, 2, 3)) {
      assertNotEquals(testCase.version(), other.version());
      long before = testCase.version();
      testCase.write(0, VALUES, 0, 1);
      assertNotEquals(before, testCase.version());
      assertFalse(testCase.version() == other.version());
    }
  }

  /** Kernels cache reordered copies of weights; writes must invalidate them, even within a step. */
  @ParameterizedTest
  @EnumSource(KernelSet.class)
  void convolutionsSeeEveryWrite(KernelSet kernels) {
    float[] ones = new float[16 * 16 * 9];
    java.util.Arrays.fill(ones, 1);
    float[] twos = new float[ones.length];
    java.util.Arrays.fill(twos, 2);
    float[] pixel = new float[16];
    java.util.Arrays.fill(pixel, 1);
    ConvOptions same = ConvOptions.of(1, 1);
    try (Variable weight = new Variable(true, ones, 3, 3, 16, 16)) {
      for (int i = 0; i < 3; i++) {
        weight.set(ones);
        try (Step step = kernels.inference()) {
          Tensor x = step.tensor(pixel, 1, 1, 1, 16);
          assertEquals(16, x.conv2d(weight.in(step), null, same).toFloats()[0]);
          assertEquals(16, x.convTranspose2d(weight.in(step), null, same).toFloats()[0]);
          weight.set(twos);
          assertEquals(32, x.conv2d(weight.in(step), null, same).toFloats()[0]);
          assertEquals(32, x.convTranspose2d(weight.in(step), null, same).toFloats()[0]);
        }
        try (Step step = kernels.inference()) {
          Tensor x = step.tensor(pixel, 1, 1, 1, 16);
          assertEquals(32, x.conv2d(weight.in(step), null, same).toFloats()[0]);
        }
      }
    }
  }

  /** Replacements within a failed commit are undone; earlier ones remain known. */
  @Test
  void failedCommitRestoresReplacements() {
    for (int before = 0; before < 2; before++) {
      try (Variable variable = new Variable(false, VALUES, 2, 3);
          Step step = Step.training(new Rng(1))) {
        if (before == 1) {
          variable.replaceRows(new int[] {1}, new double[3]);
        }
        float[] values = variable.toFloats();
        step.onCommit(
            new double[0],
            sums -> {
              variable.replaceRows(new int[] {0}, new double[] {7, 8, 9});
              variable.replaceRows(new int[] {0, 1}, new double[6]);
              throw new IllegalStateException("of a test");
            },
            variable);
        assertThrows(IllegalStateException.class, step::commit);
        assertArrayEquals(values, variable.toFloats());
        assertEquals(before, variable.replacementCount());
        assertFalse(variable.isReplaced(0, 0));
        assertEquals(before == 1, variable.isReplaced(1, 0));
        variable.replaceRows(new int[] {0}, new double[3]);
        assertEquals(before + 1, variable.replacementCount());
        assertTrue(variable.isReplaced(0, before));
        assertFalse(variable.isReplaced(1, before));
      }
    }
  }
}
