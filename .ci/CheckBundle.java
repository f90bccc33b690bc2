import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Checks a bundle for Maven Central: it has the files of every module and no others, each with a signature and correct
 * checksums, and the poms have what Maven Central requires. Usage: java .ci/CheckBundle.java BUNDLE.zip VERSION
 */
final class CheckBundle {
  private static final String GROUP = "io/github/vqvae4j/";
  private static final Map<String, List<String>> MODULES =
      Map.of(
          "vqvae4j", List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar"),
          "vqvae4j-parent", List.of(".pom"),
          "vqvae4j-bom", List.of(".pom"),
          "vqvae4j-platform", List.of(".pom"));
  private static final Map<String, String> CHECKSUMS =
      Map.of(".md5", "MD5", ".sha1", "SHA-1", ".sha256", "SHA-256", ".sha512", "SHA-512");

  /** A child inherits these from its parent. */
  private static final List<String> INHERITED = List.of("url", "licenses", "developers", "scm");

  private final ZipFile bundle;
  private final List<String> problems = new ArrayList<>();

  private CheckBundle(ZipFile bundle) {
    this.bundle = bundle;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: java CheckBundle.java BUNDLE.zip VERSION");
    }
    if (!Files.isRegularFile(Path.of(args[0]))) {
      System.err.println(args[0] + " does not exist: deploy with -Prelease -DskipUpload first");
      System.exit(1);
    }
    try (ZipFile zip = new ZipFile(args[0])) {
      CheckBundle check = new CheckBundle(zip);
      check.all(args[1]);
      check.problems.forEach(System.err::println);
      System.out.println(zip.size() + " files, " + check.problems.size() + " problems");
      if (!check.problems.isEmpty()) {
        System.exit(1);
      }
    }
  }

  private void all(String version) throws Exception {
    TreeSet<String> others =
        bundle.stream()
            .filter(entry -> !entry.isDirectory())
            .map(ZipEntry::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    for (Map.Entry<String, List<String>> module : MODULES.entrySet()) {
      String name = module.getKey();
      for (String ending : module.getValue()) {
        String file = GROUP + name + "/" + version + "/" + name + "-" + version + ending;
        others.removeAll(List.of(file, file + ".asc"));
        CHECKSUMS.keySet().forEach(sum -> others.remove(file + sum));
        if (bundle.getEntry(file) == null) {
          problems.add(file + " is missing");
          continue;
        }
        String signature = text(file + ".asc").strip();
        require(
            signature.startsWith("-----BEGIN PGP SIGNATURE-----")
                && signature.endsWith("-----END PGP SIGNATURE-----"),
            file + ".asc is not a signature");
        require(!ending.endsWith(".jar") || isJar(file), file + " is not a jar with classes or files");
        for (Map.Entry<String, String> sum : CHECKSUMS.entrySet()) {
          String actual =
              HexFormat.of().formatHex(MessageDigest.getInstance(sum.getValue()).digest(content(file)));
          require(text(file + sum.getKey()).strip().equals(actual), file + sum.getKey() + " is wrong");
        }
        if (ending.equals(".pom")) {
          pom(file, name, version);
        }
      }
    }
    others.forEach(other -> problems.add(other + " is unexpected"));
  }

  private void pom(String file, String artifact, String version) throws Exception {
    byte[] content = content(file);
    require(
        !new String(content, StandardCharsets.UTF_8).contains("SNAPSHOT"), file + " names a snapshot");
    Element pom;
    try {
      pom =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(content))
              .getDocumentElement();
    } catch (SAXException e) {
      problems.add(file + " is not XML: " + e.getMessage());
      return;
    }
    Element parent = child(pom, "parent");
    Element coordinates = parent == null ? pom : parent;
    require("io.github.vqvae4j".equals(text(coordinates, "groupId")), file + ": groupId");
    require(version.equals(text(coordinates, "version")), file + ": version");
    require(artifact.equals(text(pom, "artifactId")), file + ": artifactId");
    require(
        parent == null || "vqvae4j-parent".equals(text(parent, "artifactId")), file + ": parent");
    for (String required : List.of("name", "description")) {
      require(!text(pom, required).isEmpty(), file + " lacks " + required);
    }
    for (String required : INHERITED) {
      require(parent != null || !text(pom, required).isEmpty(), file + " lacks " + required);
    }
    Element scm = child(pom, "scm");
    for (String required : List.of("url", "connection", "developerConnection")) {
      require(scm == null || !text(scm, required).isEmpty(), file + ": scm lacks " + required);
    }
  }

  private boolean isJar(String file) throws IOException {
    try (ZipInputStream jar = new ZipInputStream(new ByteArrayInputStream(content(file)))) {
      for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
        if (!entry.isDirectory() && !entry.getName().startsWith("META-INF/")) {
          return true;
        }
      }
      return false;
    } catch (ZipException e) {
      return false;
    }
  }

  private String text(String file) throws IOException {
    return new String(content(file), StandardCharsets.US_ASCII);
  }

  private byte[] content(String file) throws IOException {
    ZipEntry entry = bundle.getEntry(file);
    if (entry == null) {
      if (!problems.contains(file + " is missing")) {
        problems.add(file + " is missing");
      }
      return new byte[0];
    }
    return bundle.getInputStream(entry).readAllBytes();
  }

  private void require(boolean valid, String problem) {
    if (!valid) {
      problems.add(problem);
    }
  }

  private static String text(Element of, String name) {
    Element child = child(of, name);
    return child == null ? "" : child.getTextContent().strip();
  }

  private static Element child(Element of, String name) {
    for (Node node = of.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        return element;
      }
    }
    return null;
  }
}
