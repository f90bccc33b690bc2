package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The natives of every platform, and one version, in all poms that are published. */
class PomsTest {
  private static final XPath XPATH = XPathFactory.newInstance().newXPath();

  /** Operating system and CPU, as Maven's activation names them. */
  private static final Map<String, String> PLATFORMS =
      Map.of(
          "linux-x86_64", "name linux, arch amd64",
          "linux-arm64", "name linux, arch aarch64",
          "macosx-x86_64", "family mac, arch x86_64",
          "macosx-arm64", "family mac, arch aarch64",
          "windows-x86_64", "family windows, arch amd64");

  /** Artifacts with natives. */
  private static final List<String> NATIVES =
      List.of(
          "org.nd4j:nd4j-native",
          "org.bytedeco:javacpp",
          "org.bytedeco:openblas",
          "org.bytedeco:opencl",
          "org.bytedeco:dnnl");

  /** Nothing comes through ND4J's artifacts with natives, or through their classes. */
  private static final String NOTHING_ELSE = " without *:*";

  /** Classes of ND4J and of what the natives belong to, with what SECURITY.md says is excluded. */
  private static final Map<String, String> CLASSES =
      Map.of(
          "org.nd4j:nd4j-api",
              "${nd4j.version} without com.github.oshi:oshi-core without commons-codec:commons-codec"
                  + " without commons-net:commons-net without org.apache.commons:commons-compress",
          "org.nd4j:nd4j-native", "${nd4j.version}" + NOTHING_ELSE,
          "org.nd4j:nd4j-native-api", "${nd4j.version}" + NOTHING_ELSE,
          "org.nd4j:nd4j-native-preset", "${nd4j.version}" + NOTHING_ELSE,
          "org.nd4j:nd4j-presets-common", "${nd4j.version}" + NOTHING_ELSE,
          "org.bytedeco:javacpp", "${javacpp.version}",
          "org.bytedeco:openblas", "${openblas.version}",
          "org.bytedeco:opencl", "${opencl.version}",
          "org.bytedeco:dnnl", "${dnnl.version}");

  @Test
  void theLibraryTakesTheNativesOfTheMachine() throws Exception {
    for (String platform : PLATFORMS.keySet()) {
      Node profile = profile(platform);
      assertEquals(PLATFORMS.get(platform), children(profile, "activation/os/*"));
      assertEquals("name !javacpp.platform", children(profile, "activation/property/*"));
      assertEquals(natives(platform), dependencies(profile, "dependencies/dependency"));
    }
  }

  @Test
  void theLibraryTakesTheNativesOfThePlatformThatIsAskedFor() throws Exception {
    for (String platform : PLATFORMS.keySet()) {
      Node profile = profile("javacpp.platform-" + platform);
      assertEquals("", children(profile, "activation/os/*"));
      assertEquals(
          "name javacpp.platform, value " + platform, children(profile, "activation/property/*"));
      assertEquals(natives(platform), dependencies(profile, "dependencies/dependency"));
    }
  }

  @Test
  void noOtherProfileOfTheLibraryHasDependencies() throws Exception {
    assertEquals(2 * PLATFORMS.size(), nodes(pom("."), "//profile[dependencies]").size());
    assertFalse(has(pom("parent"), "/project/dependencies"));
    assertFalse(has(pom("parent"), "//profile/dependencies"));
  }

  @Test
  void thePlatformHasAllNatives() throws Exception {
    Set<String> expected = allNatives();
    expected.add("io.github.vqvae4j:vqvae4j ${project.version}");
    assertEquals(expected, dependencies(pom("platform"), "/project/dependencies/dependency"));
    assertTrue(nodes(pom("platform"), "//profile").isEmpty());
  }

  /** Versions and exclusions are in the parent only, from which the BOM inherits them. */
  @Test
  void theParentManagesAllNativesAndTheirClasses() throws Exception {
    Set<String> expected = new TreeSet<>();
    CLASSES.forEach((artifact, managed) -> expected.add(artifact + " " + managed));
    for (String platform : PLATFORMS.keySet()) {
      for (String artifact : NATIVES) {
        expected.add(artifact + " " + platform + " " + CLASSES.get(artifact));
      }
    }
    assertEquals(expected, dependencies(pom("parent"), "//dependencyManagement//dependency"));
    assertEquals(
        new TreeSet<>(CLASSES.keySet()),
        dependencies(
            pom("."),
            "/project/dependencies/dependency[groupId='org.nd4j' or groupId='org.bytedeco']"));
    for (String module : List.of(".", "platform", "examples", "benchmarks")) {
      assertFalse(has(pom(module), "//dependencyManagement"), module);
    }
  }

  @Test
  void theBomAddsTheLibrary() throws Exception {
    assertEquals(
        Set.of(
            "io.github.vqvae4j:vqvae4j ${project.version}",
            "io.github.vqvae4j:vqvae4j-platform ${project.version} type pom"),
        dependencies(pom("bom"), "//dependency"));
  }

  /** The presets' versions end in the version of JavaCPP that they were built for. */
  @ParameterizedTest
  @ValueSource(strings = {"openblas", "opencl", "dnnl"})
  void presetsHaveTheVersionOfJavaCpp(String preset) throws Exception {
    String version = text(pom("parent"), "/project/properties/" + preset + ".version");
    assertTrue(version.endsWith("-${javacpp.version}"), version);
  }

  /** Maven 3.9.7 does not always replace properties in classifiers (MNG-8131). */
  @ParameterizedTest
  @ValueSource(strings = {".", "parent", "platform"})
  void classifiersAreLiterals(String module) throws Exception {
    for (Node classifier : nodes(pom(module), "//dependency/classifier")) {
      assertTrue(PLATFORMS.containsKey(classifier.getTextContent()), classifier::getTextContent);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "bom", "platform", "examples", "benchmarks"})
  void modulesHaveTheVersionOfTheirParent(String module) throws Exception {
    assertEquals(version(), text(pom(module), "/project/parent/version"));
    assertFalse(has(pom(module), "/project/version"), "the version is the parent's");
    assertFalse(has(pom(module), "//plugin/version"), "versions of plugins are the parent's");
  }

  @Test
  void theGradleConsumerUsesThisVersion() throws Exception {
    String build = Files.readString(Path.of("src/it/gradle/build.gradle"));
    assertTrue(build.contains("'io.github.vqvae4j:vqvae4j-platform:" + version() + "'"));
  }

  @Test
  void versionsOfMavenAgree() throws Exception {
    List<String> versions = texts(pom("."), "//artifactItem[artifactId='apache-maven']/version");
    String newest = versions.get(versions.size() - 1);
    assertEquals(
        versions.stream().map("${project.build.directory}/apache-maven-"::concat).toList(),
        texts(pom("."), "//mavenHome"));
    String older = String.join(", ", versions.subList(0, versions.size() - 1));
    String contributing = Files.readString(Path.of("CONTRIBUTING.md"));
    assertTrue(contributing.contains("Maven " + older + " and " + newest + " |"), newest);
    String wrapper = Files.readString(Path.of(".mvn/wrapper/maven-wrapper.properties"));
    assertTrue(wrapper.contains("/" + newest + "/apache-maven-" + newest + "-bin.zip"), wrapper);
  }

  private static String version() throws Exception {
    return text(pom("parent"), "/project/version");
  }

  private static Set<String> natives(String platform) {
    return NATIVES.stream()
        .map(artifact -> artifact + " " + platform)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> allNatives() {
    return PLATFORMS.keySet().stream()
        .flatMap(platform -> natives(platform).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Node profile(String id) throws Exception {
    List<Node> profiles = nodes(pom("."), "//profile[id='" + id + "']");
    assertEquals(1, profiles.size(), id);
    return profiles.get(0);
  }

  private static Set<String> dependencies(Node from, String path) throws Exception {
    Set<String> dependencies = new TreeSet<>();
    for (Node d : nodes(from, path)) {
      StringBuilder all = new StringBuilder(text(d, "groupId") + ":" + text(d, "artifactId"));
      for (String part : List.of("classifier", "version")) {
        if (has(d, part)) {
          all.append(' ').append(text(d, part));
        }
      }
      for (String setting : List.of("type", "scope", "optional")) {
        if (has(d, setting)) {
          all.append(' ').append(setting).append(' ').append(text(d, setting));
        }
      }
      exclusions(d).forEach(exclusion -> all.append(" without ").append(exclusion));
      String coordinates = all.toString();
      assertTrue(dependencies.add(coordinates), () -> "twice: " + coordinates);
    }
    return dependencies;
  }

  private static Set<String> exclusions(Node dependency) throws Exception {
    Set<String> exclusions = new TreeSet<>();
    for (Node e : nodes(dependency, "exclusions/exclusion")) {
      exclusions.add(text(e, "groupId") + ":" + text(e, "artifactId"));
    }
    return exclusions;
  }

  private static List<String> texts(Node from, String path) throws XPathExpressionException {
    return nodes(from, path).stream().map(Node::getTextContent).toList();
  }

  private static String children(Node from, String path) throws Exception {
    return nodes(from, path).stream()
        .map(n -> n.getNodeName() + " " + n.getTextContent())
        .collect(Collectors.joining(", "));
  }

  private static Document pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new File(module, "pom.xml"));
  }

  private static boolean has(Node from, String path) throws XPathExpressionException {
    return !nodes(from, path).isEmpty();
  }

  private static String text(Node from, String path) throws XPathExpressionException {
    return XPATH.evaluate(path, from);
  }

  private static List<Node> nodes(Node from, String path) throws XPathExpressionException {
    NodeList found = (NodeList) XPATH.evaluate(path, from, XPathConstants.NODESET);
    return IntStream.range(0, found.getLength()).mapToObj(found::item).toList();
  }
}
