package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.ErrorCases.ints;
import static io.github.vqvae4j.tensor.ErrorCases.x;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.vqvae4j.random.Rng;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Checks properties of all public {@link Tensor} operations, found by reflection. */
class AllOperationsTest {
  /** Operations with separate tests and messages. */
  private static final Set<String> NO_OPERATIONS = Set.of("gradient", "requireGradient", "release");

  /** The INT operands of each method, by parameter index. */
  private static final Map<String, Integer> INTEGERS =
      Map.of(
          "where", 0,
          "maskedFill", 0,
          "gather", 1,
          "indexSelect", 1,
          "embedding", 0,
          "scatterAdd", 1,
          "segmentSum", 0,
          "crossEntropy", 0);

  /** Operations that also accept INT tensors. */
  private static final Set<String> OF_ANY_FORMAT =
      Set.of(
          ("reshape permute slice concat stack expand pad padReflect spaceToDepth depthToSpace gather"
                  + " indexSelect embedding scatterAdd where maskedFill lt le gt ge eq ne to argmax"
                  + " argmin oneHot stopGradient straightThrough")
              .split(" "));

  /** The shapes of the receiver and the operands, if not [2, 2]. */
  private static final Map<String, long[][]> SHAPES =
      Map.ofEntries(
          Map.entry("conv2d", new long[][] {{1, 2, 2, 4}, {1, 1, 4, 4}, {4}}),
          Map.entry("convTranspose2d", new long[][] {{1, 2, 2, 4}, {1, 1, 4, 4}, {4}}),
          Map.entry("conv1d", new long[][] {{1, 2, 4}, {1, 4, 4}, {4}}),
          Map.entry("convTranspose1d", new long[][] {{1, 2, 4}, {1, 4, 4}, {4}}),
          Map.entry("layerNorm", new long[][] {{2, 2}, {2}, {2}}),
          Map.entry("groupNorm", new long[][] {{2, 2}, {2}, {2}}),
          Map.entry("batchNorm", new long[][] {{2, 2}, {2}, {2}}),
          Map.entry("weightNorm", new long[][] {{2, 2}, {2}}),
          Map.entry("crossEntropy", new long[][] {{2, 2}, {2}}),
          Map.entry("segmentSum", new long[][] {{2, 2}, {2}}),
          Map.entry("pad", new long[][] {{1, 2, 2, 4}}),
          Map.entry("upsample", new long[][] {{1, 2, 2, 4}}),
          Map.entry("spaceToDepth", new long[][] {{1, 2, 2, 4}}),
          Map.entry("depthToSpace", new long[][] {{1, 2, 2, 4}}),
          Map.entry("maxPool", new long[][] {{1, 2, 2, 4}}),
          Map.entry("averagePool", new long[][] {{1, 2, 2, 4}}),
          Map.entry("reshape", new long[][] {{4, 1}}),
          Map.entry("expand", new long[][] {{2, 1}}));

  private static Stream<Method> operations() {
    return Arrays.stream(Tensor.class.getMethods())
        .filter(m -> m.getDeclaringClass() == Tensor.class)
        .filter(
            m ->
                Set.of(Tensor.class, TopK.class, NormalizationResult.class)
                    .contains(m.getReturnType()))
        .filter(m -> !NO_OPERATIONS.contains(m.getName()));
  }

  private static String name(Method method) {
    return method.getName()
        + Arrays.toString(
            Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).toArray());
  }

  /** A call that is valid except for the steps of its operands. */
  private record Call(Method method, Tensor receiver, Object... arguments) {
    static Call of(Method method, Step step) {
      long[][] shapes = SHAPES.getOrDefault(method.getName(), new long[0][]);
      long[] usual = {2, 2};
      Object[] arguments = new Object[method.getParameterCount()];
      int tensors = 0;
      for (int i = 0; i < arguments.length; i++) {
        Class<?> type = method.getParameterTypes()[i];
        if (type == Tensor.class) {
          tensors++;
          long[] shape = tensors < shapes.length ? shapes[tensors] : usual;
          boolean integers = Integer.valueOf(i).equals(INTEGERS.get(method.getName()));
          arguments[i] = integers ? ints(step, shape) : x(step, shape);
        } else {
          arguments[i] = argument(method, i, step);
        }
      }
      long[] own = shapes.length > 0 ? shapes[0] : usual;
      Tensor receiver = method.getName().equals("oneHot") ? ints(step, own) : x(step, own);
      return new Call(method, receiver, arguments);
    }

    private static Object argument(Method method, int i, Step step) {
      Class<?> type = method.getParameterTypes()[i];
      if (type == int.class) {
        return i == 0 && hasSizeParameter(method) ? 1 : i;
      }
      if (type == int[].class) {
        return method.getName().matches("permute|crossEntropy") ? new int[] {1, 0} : new int[0];
      }
      return Map.<Class<?>, Object>of(
              long.class,
              method.getName().equals("slice") ? (long) i - 1 : 1L,
              double.class,
              i == 0 ? 0.5 : i,
              boolean.class,
              false,
              long[].class,
              new long[] {2, 2},
              DType.class,
              DType.DOUBLE,
              ConvOptions.class,
              ConvOptions.of(1, 0),
              Padding.class,
              Padding.zeros(1),
              List.class,
              List.of(x(step, 2, 2), x(step, 2, 2)),
              UnaryOperator.class,
              (UnaryOperator<Tensor>) Tensor::neg)
          .get(type);
    }

    private static boolean hasSizeParameter(Method method) {
      return method
          .getName()
          .matches("topK|oneHot|upsample|spaceToDepth|depthToSpace|maxPool|averagePool|groupNorm");
    }

    Object run() throws ReflectiveOperationException {
      return method.invoke(receiver, arguments);
    }

    <E extends Exception> E assertRejected(Class<E> type) {
      Throwable thrown =
          assertThrows(InvocationTargetException.class, this::run, method::toString).getCause();
      return type.cast(assertThrows(type, () -> rethrow(thrown), method::toString));
    }

    private static void rethrow(Throwable thrown) throws Throwable {
      throw thrown;
    }

    Call with(int argument, Object value) {
      Object[] others = arguments.clone();
      others[argument] = value;
      return new Call(method, receiver, others);
    }
  }

  @TestFactory
  Stream<DynamicTest> computes() {
    return operations()
        .map(
            method ->
                dynamicTest(
                    name(method),
                    () -> {
                      try (Step step = Step.training(new Rng(1))) {
                        Call.of(method, step).run();
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> rejectsTensorsOfAClosedStep() {
    return operations()
        .map(
            method ->
                dynamicTest(
                    name(method),
                    () -> {
                      Step step = Step.training(new Rng(1));
                      Call call = Call.of(method, step);
                      step.close();
                      assertMessageContains(
                          call.assertRejected(IllegalStateException.class),
                          "Step: this step is closed",
                          "toFloats() before the step closes");
                    }));
  }

  @TestFactory
  Stream<DynamicTest> rejectsTensorsOfAnotherStep() {
    return operations()
        .flatMap(
            method ->
                IntStream.range(0, method.getParameterCount())
                    .filter(i -> method.getParameterTypes()[i] == Tensor.class)
                    .mapToObj(
                        i ->
                            dynamicTest(
                                name(method) + " " + i,
                                () -> {
                                  try (Step step = Step.training(new Rng(1));
                                      Step other = Step.training(new Rng(1))) {
                                    Object foreign = Call.of(method, other).arguments()[i];
                                    assertMessageContains(
                                        Call.of(method, step)
                                            .with(i, foreign)
                                            .assertRejected(IllegalArgumentException.class),
                                        method.getName() + ":",
                                        "same step");
                                  }
                                })));
  }

  @TestFactory
  Stream<DynamicTest> rejectsIntTensorsByName() {
    return operations()
        .filter(m -> !OF_ANY_FORMAT.contains(m.getName()))
        .filter(m -> !Modifier.isStatic(m.getModifiers()))
        .map(
            method ->
                dynamicTest(
                    name(method),
                    () -> {
                      try (Step step = Step.training(new Rng(1))) {
                        Call call = Call.of(method, step);
                        Tensor integers = ints(step, call.receiver().shape());
                        assertMessageContains(
                            new Call(method, integers, call.arguments())
                                .assertRejected(IllegalArgumentException.class),
                            method.getName() + ":",
                            "FLOAT or DOUBLE",
                            "got an INT tensor of shape",
                            "to(DType.FLOAT)");
                      }
                    }));
  }

  /**
   * Checks that the operations excluded from {@link #rejectsIntTensorsByName} accept INT tensors.
   */
  @TestFactory
  Stream<DynamicTest> acceptsIntTensors() {
    return operations()
        .filter(m -> OF_ANY_FORMAT.contains(m.getName()))
        .filter(m -> !Modifier.isStatic(m.getModifiers()))
        .filter(m -> !Set.of("straightThrough", "scatterAdd").contains(m.getName()))
        .filter(m -> Arrays.stream(m.getParameterTypes()).noneMatch(t -> t == Tensor.class))
        .map(
            method ->
                dynamicTest(
                    name(method),
                    () -> {
                      try (Step step = Step.training(new Rng(1))) {
                        Call call = Call.of(method, step);
                        Object[] arguments = call.arguments().clone();
                        for (int i = 0; i < arguments.length; i++) {
                          arguments[i] = arguments[i] instanceof Double ? 1.0 : arguments[i];
                        }
                        Tensor integers = ints(step, call.receiver().shape());
                        Object y = new Call(method, integers, arguments).run();
                        DType expected =
                            method.getName().matches("to|oneHot") ? DType.DOUBLE : DType.INT;
                        assertEquals(expected, ((Tensor) y).dtype());
                      }
                    }));
  }
}
