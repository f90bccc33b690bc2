package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaCodeUnitReference;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that every {@link Tensor} operation has test cases, by reading the calls and method
 * references of the test classes from their bytecode. New public methods fail this test until cases
 * are added.
 */
class OperationCoverageTest {
  private static final Set<JavaClass> CLASSES =
      Set.copyOf(new ClassFileImporter().importPackages("io.github.vqvae4j.tensor"));

  /** Operations without comparable results, or without computation, with their tests. */
  private static final Set<String> WITHOUT_CASES =
      Set.of(
          "gradient()", // StepGradientsTest, BackwardTest
          "requireGradient()", // all gradient tests
          "release(Tensor)", // TensorReleaseTest
          "dropout(double)", // DropoutTest: random values
          "normalLike()", // RngKeyChunksTest
          "uniformLike()", // RngKeyChunksTest
          "nearestRows(Tensor)"); // NearestRowsTest, NearestRowsExactTest

  @Test
  void everyOperationHasCases() {
    assertEquals(
        Set.of(),
        without(m -> WITHOUT_CASES.contains(name(m)), name -> name.endsWith("Cases")),
        "no case in *Cases");
  }

  @Test
  void everyOperationHasErrorCases() {
    assertEquals(
        Set.of(),
        without(
            OperationCoverageTest::hasScalarParametersOnly,
            name -> name.matches("ErrorTextsTest|.*ErrorsTest|ConvOptionsTest")),
        "no case in ErrorTextsTest, *ErrorsTest or ConvOptionsTest");
  }

  /**
   * Operations whose arguments are all scalars are rejected only for reasons covered by {@link
   * AllOperationsTest}.
   */
  private static boolean hasScalarParametersOnly(JavaMethod method) {
    return method.getRawParameterTypes().stream().allMatch(t -> t.isEquivalentTo(double.class));
  }

  private static Set<String> without(Predicate<JavaMethod> excepted, Predicate<String> tests) {
    Set<String> operations =
        CLASSES.stream()
            .filter(c -> c.isEquivalentTo(Tensor.class))
            .flatMap(c -> c.getMethods().stream())
            .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(OperationCoverageTest::returnsTensors)
            .filter(excepted.negate())
            .map(OperationCoverageTest::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(operations.size() > 50, operations.toString());
    Set<String> tried =
        CLASSES.stream()
            .filter(c -> tests.test(outermost(c).getSimpleName()))
            .flatMap(OperationCoverageTest::used)
            .filter(target -> target.getOwner().isEquivalentTo(Tensor.class))
            .map(target -> name(target.getName(), target.getRawParameterTypes()))
            .collect(Collectors.toSet());
    operations.removeAll(tried);
    return operations;
  }

  private static boolean returnsTensors(JavaMethod method) {
    return Stream.of(Tensor.class, TopK.class, NormalizationResult.class)
        .anyMatch(type -> method.getRawReturnType().isEquivalentTo(type));
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(OperationCoverageTest::outermost).orElse(type);
  }

  private static Stream<CodeUnitAccessTarget> used(JavaClass type) {
    return Stream.concat(
        type.getMethodCallsFromSelf().stream().map(JavaCodeUnitAccess::getTarget),
        type.getMethodReferencesFromSelf().stream().map(JavaCodeUnitReference::getTarget));
  }

  private static String name(JavaMethod method) {
    return name(method.getName(), method.getRawParameterTypes());
  }

  private static String name(String method, Iterable<JavaClass> parameters) {
    StringBuilder text = new StringBuilder(method).append('(');
    parameters.forEach(
        p ->
            text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                .append(p.getSimpleName()));
    return text.append(')').toString();
  }
}
