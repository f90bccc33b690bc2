package consumer;

import io.github.vqvae4j.data.image.ByteImages;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.classifier.ImageClassifier;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;

/**
 * Trains a small model, saves it, loads it and resumes its run, and classifies an image, or expects the
 * library to reject the class path.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "works" -> {
        train();
        classify();
        checkClassPath();
      }
      case "mixture" -> expectRejection("mixes JavaCPP versions", "vqvae4j-bom");
      case "no-natives" ->
          expectRejection(
              "no native libraries for this platform, " + Loader.getPlatform(),
              "-Djavacpp.platform=" + Loader.getPlatform(),
              "vqvae4j-platform");
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void train() throws IOException {
    byte[] pixels = new byte[64 * 16 * 16];
    new Random(1).nextBytes(pixels);
    Dataset noise = ByteImages.of(pixels, 64, 16, 16, 1);
    Path folder = Files.createTempDirectory("run");
    Path file = folder.resolve("saved.safetensors");
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(8))
            .quantizer(VectorQuantizer.ema(16, 4))
            .decoder(ConvDecoder.channels(1).hidden(8))
            .build()) {
      RunFolder files = RunFolder.in(folder);
      System.out.println(Trainer.of(model).batch(16).steps(3).listener(files).fit(noise));
      model.save(file);
      try (ImageModel loaded = ImageModel.load(file)) {
        if (!loaded.reconstruct(noise).equals(model.reconstruct(noise))) {
          throw new AssertionError("the loaded model is another one");
        }
      }
    }
    Trainer<ImageBatch> trainer = Trainer.resume(folder).steps(5);
    try (ImageModel resumed = (ImageModel) trainer.model()) {
      if (trainer.fit(noise).last().step() != 5) {
        throw new AssertionError("the resumed run of " + resumed + " did not go on");
      }
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The weights of the classifier are in the jar. */
  private static void classify() {
    byte[] pixels = new byte[28 * 28];
    for (int y = 4; y < 24; y++) {
      Arrays.fill(pixels, y * 28 + 13, y * 28 + 16, (byte) 255);
    }
    try (ImageClassifier classifier = ImageClassifier.mnist()) {
      int[] classes = classifier.classify(ByteImages.of(pixels, 1, 28, 28, 1));
      if (classes[0] != 1) {
        throw new AssertionError("a vertical line is classified as " + classes[0]);
      }
    }
  }

  private static void expectRejection(String... parts) throws IOException {
    try {
      train();
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
      for (String part : parts) {
        if (!e.getMessage().contains(part)) {
          throw new AssertionError("the message lacks \"" + part + "\"", e);
        }
      }
      return;
    }
    throw new AssertionError("expected a rejection");
  }

  /** Checks that there is one JavaCPP, and nothing that SECURITY.md says is left out. */
  private static void checkClassPath() throws IOException {
    Set<String> versions = new TreeSet<>();
    for (URL file : propertiesOf("org.bytedeco", "javacpp")) {
      Properties properties = new Properties();
      try (InputStream in = file.openStream()) {
        properties.load(in);
      }
      versions.add(properties.getProperty("version"));
    }
    if (versions.size() != 1 || versions.contains("1.5.7")) {
      throw new AssertionError("versions of JavaCPP: " + versions);
    }
    Map<String, String> leftOut =
        Map.of(
            "commons-net", "commons-net",
            "commons-compress", "org.apache.commons",
            "oshi-core", "com.github.oshi",
            "commons-codec", "commons-codec");
    leftOut.forEach(
        (artifact, group) -> {
          if (!propertiesOf(group, artifact).isEmpty()) {
            throw new AssertionError(artifact + " is on the class path");
          }
        });
  }

  private static List<URL> propertiesOf(String group, String artifact) {
    String file = "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try {
      return Collections.list(Main.class.getClassLoader().getResources(file));
    } catch (IOException e) {
      throw new IllegalStateException(file, e);
    }
  }
}
