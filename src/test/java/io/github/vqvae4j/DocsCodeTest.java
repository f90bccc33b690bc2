package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java example in README.md, CONTRIBUTING.md, docs/ and the library's Javadoc compiles. */
class DocsCodeTest {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern JAVADOC =
      Pattern.compile("<pre>\\{@code(.*?)\\}</pre>", Pattern.DOTALL);
  private static final Pattern MARGIN = Pattern.compile("(?m)^ *\\* ?");
  private static final Pattern CLASS = Pattern.compile("\\b(?:class|record) ([A-Z]\\w+)");
  private static final List<String> PACKAGES =
      List.of(
          "anomaly",
          "config",
          "data",
          "data.datasets",
          "data.image",
          "data.series",
          "io",
          "memory",
          "metrics",
          "model",
          "model.blocks",
          "model.classifier",
          "model.vae",
          "model.vqvae",
          "nn",
          "palette",
          "parallel",
          "prior",
          "serve",
          "quantize",
          "random",
          "tensor",
          "train");

  /**
   * A code block.
   *
   * @param page the file
   * @param name the name for messages
   * @param code the source code
   */
  record Block(Path page, String name, String code) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Block> blocks() throws IOException {
    List<Path> files = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")));
    try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
    }
    List<Block> blocks = new ArrayList<>();
    for (Path file : files) {
      Matcher matcher = BLOCK.matcher(Files.readString(file));
      while (matcher.find()) {
        blocks.add(new Block(file, file + " " + (blocks.size() + 1), matcher.group(1)));
      }
    }
    return blocks;
  }

  @Test
  void theReadmeHasACompleteProgram() throws IOException {
    assertTrue(
        blocks().stream().anyMatch(b -> b.name().startsWith("README") && isComplete(b.code())));
  }

  static List<Block> javadocExamples() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Path sources = Path.of("src/main/java/io/github/vqvae4j");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        Matcher matcher = JAVADOC.matcher(Files.readString(file));
        while (matcher.find()) {
          String code = MARGIN.matcher(matcher.group(1)).replaceAll("");
          blocks.add(new Block(file, sources.relativize(file) + " " + (blocks.size() + 1), code));
        }
      }
    }
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void codeBlockCompiles(Block block, @TempDir Path output) throws IOException {
    boolean complete = isComplete(block.code());
    Matcher name = CLASS.matcher(block.code());
    String className = complete && name.find() ? name.group(1) : "Snippet";
    String source = complete ? block.code() : snippet(block);
    List<JavaFileObject> files = otherClasses(block);
    files.add(file(className, source));
    compile(block, files, source, output);
  }

  @Test
  void centralClassesHaveExamples() throws IOException {
    List<String> files =
        javadocExamples().stream().map(b -> b.page().getFileName().toString()).toList();
    assertTrue(
        files.containsAll(
            List.of("Tensor.java", "Layer.java", "VqVae.java", "Trainer.java", "Dataset.java")),
        files::toString);
  }

  @ParameterizedTest
  @MethodSource("javadocExamples")
  void javadocExampleCompiles(Block block, @TempDir Path output) throws IOException {
    String source =
        imports()
            + "class Snippet extends ExampleVariables.Javadoc {\n"
            + method(block.code())
            + "}\n";
    compile(block, "Snippet", source, output);
  }

  private static void compile(Block block, String className, String source, Path output) {
    compile(block, List.of(file(className, source)), source, output);
  }

  private static JavaFileObject file(String className, String source) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + className + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  /** Returns the complete classes of the other blocks of a page, which a block may use. */
  private static List<JavaFileObject> otherClasses(Block block) throws IOException {
    List<JavaFileObject> files = new ArrayList<>();
    for (Block other : blocks()) {
      Matcher name = CLASS.matcher(other.code());
      if (other.page().equals(block.page())
          && !other.equals(block)
          && isComplete(other.code())
          && name.find()) {
        files.add(file(name.group(1), other.code()));
      }
    }
    return files;
  }

  private static void compile(Block block, List<JavaFileObject> files, String source, Path output) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<String> options =
        List.of(
            "-d",
            output.toString(),
            "-proc:none",
            "--release",
            "17",
            "-classpath",
            System.getProperty("java.class.path"));
    boolean compiled = compiler.getTask(messages, null, null, options, null, files).call();
    assertEquals("", compiled ? "" : messages + "\n" + source, block.name());
  }

  static boolean isComplete(String code) {
    return code.contains("import ");
  }

  private static boolean hasClass(String code) {
    return CLASS.matcher(code).find();
  }

  /**
   * Wraps a code fragment: statements become the body of a method, and classes become members next
   * to it. All classes of a page are visible to each other.
   */
  private static String snippet(Block block) throws IOException {
    StringBuilder source = new StringBuilder(imports());
    source.append("class Snippet extends ExampleVariables.Docs {\n");
    for (Block other : blocks()) {
      if (other.page().equals(block.page())
          && !isComplete(other.code())
          && hasClass(other.code())) {
        source.append(other.code().replace("final class", "static final class"));
      }
    }
    if (!hasClass(block.code())) {
      source.append(method(block.code()));
    }
    return source.append("}\n").toString();
  }

  private static String imports() {
    StringBuilder imports =
        new StringBuilder("import static java.nio.charset.StandardCharsets.UTF_8;\n");
    List<String> names =
        new ArrayList<>(
            List.of(
                "com.google.gson.JsonObject",
                "io.github.vqvae4j.ExampleVariables",
                "java.net.URI",
                "java.nio.file.Path",
                "java.time.Duration",
                "java.util.*",
                "java.util.concurrent.*",
                "org.nd4j.linalg.api.buffer.DataType",
                "org.nd4j.linalg.api.ndarray.INDArray",
                "org.nd4j.linalg.factory.Nd4j"));
    PACKAGES.forEach(p -> names.add("io.github.vqvae4j." + p + ".*"));
    names.forEach(name -> imports.append("import ").append(name).append(";\n"));
    return imports.toString();
  }

  private static String method(String statements) {
    return "void run() throws Exception {\n" + statements + "}\n";
  }
}
