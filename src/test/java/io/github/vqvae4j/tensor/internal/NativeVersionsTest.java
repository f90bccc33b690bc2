package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;

/** Class paths that would crash later, and what is said of them. */
class NativeVersionsTest {
  private static final String NEW = "1.5.13";
  private static final String OLD = "1.5.7";

  private static Set<String> found(String... artifacts) {
    Set<String> found = new TreeSet<>();
    for (String artifact : artifacts) {
      found.add("org.bytedeco:" + artifact);
    }
    return found;
  }

  private static void assertProblem(Set<String> found, String classifier, String... parts) {
    String problem = NativeVersions.problem(found, classifier);
    assertNotNull(problem, found::toString);
    for (String part : parts) {
      assertTrue(problem.contains(part), () -> "\"" + part + "\" is not in: " + problem);
    }
  }

  @Test
  void oneVersionForAllIsGood() {
    assertNull(
        NativeVersions.problem(
            found("javacpp:" + NEW, "openblas:0.3.31-" + NEW, "dnnl:3.11-" + NEW), null));
    assertNull(NativeVersions.problem(found(), null), "a jar of jars may have lost them");
  }

  @Test
  void nd4jsOlderJavacppBesideOneDnnIsRejected() {
    assertProblem(
        found("javacpp:" + OLD, "dnnl:3.11-" + NEW),
        null,
        "org.bytedeco:javacpp:" + OLD,
        "org.bytedeco:dnnl:3.11-" + NEW,
        "Import io.github.vqvae4j:vqvae4j-bom");
  }

  @Test
  void classesAndNativesOfDifferentVersionsAreRejected() {
    assertProblem(
        found("javacpp:" + OLD, "javacpp:" + NEW),
        null,
        "org.bytedeco:javacpp:" + OLD,
        "org.bytedeco:javacpp:" + NEW);
    assertProblem(
        found("javacpp:" + NEW, "openblas:0.3.19-" + OLD, "openblas:0.3.31-" + NEW),
        null,
        "org.bytedeco:openblas:0.3.19-" + OLD);
  }

  @Test
  void aSecondOneDnnIsRejected() {
    String classifier = Loader.getPlatform() + "-onednn-avx2";
    assertProblem(
        found("javacpp:" + NEW),
        classifier,
        "with the classifier " + classifier,
        "Use the classifier " + Loader.getPlatform() + " of nd4j-native instead");
  }

  /** ND4J's classifier is told from where its natives' settings lie. */
  @Test
  void nd4jsNativesLieWhereTheyAreLookedFor() {
    String path = NativeVersions.resourceOf(Loader.getPlatform());
    assertNotNull(NativeVersions.class.getClassLoader().getResource(path), path);
  }

  @Test
  void theClassPathOfTheTestsIsGood() {
    assertDoesNotThrow(NativeVersions::check);
  }
}
