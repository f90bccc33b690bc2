package io.github.vqvae4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The complete programs of README.md and the guides run, with less data and fewer steps, and leave
 * the files that their pages show.
 */
class GuideProgramsTest {
  private static final Pattern CLASS = Pattern.compile("\\bclass ([A-Z]\\w+)");
  private static final Pattern STEPS = Pattern.compile("\\.steps\\([\\d_]+\\)");
  private static final Pattern HIDDEN = Pattern.compile("\\.hidden\\(\\d+\\)");

  @TempDir Path folder;

  /** Writes what the programs read: MNIST's files, photographs, and a model of each. */
  @BeforeEach
  void writeInput() throws IOException {
    Path mnist = Files.createDirectory(folder.resolve("mnist"));
    writeDigits(mnist, "train", 64);
    writeDigits(mnist, "t10k", 32);
    Path photos = Files.createDirectory(folder.resolve("photos"));
    for (int i = 0; i < 12; i++) {
      Images.write(Images.of(noise(72 * 80 * 3, i), 1, 72, 80, 3), photos.resolve(i + ".png"));
    }
    Images.write(Images.of(noise(32 * 48 * 3, 99), 1, 32, 48, 3), folder.resolve("photo.png"));
    Images.write(Images.of(noise(28 * 28, 98), 1, 28, 28, 1), folder.resolve("seven.png"));
    save(1, "digits.safetensors");
    save(3, "best.safetensors");
  }

  private static void writeDigits(Path mnist, String part, int count) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 784);
    images.putInt(2051).putInt(count).putInt(28).putInt(28);
    ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(2049).putInt(count);
    Rng rng = new Rng(count);
    for (int i = 0; i < count; i++) {
      labels.put((byte) (i % 10));
      for (int pixel = 0; pixel < 784; pixel++) {
        images.put((byte) rng.nextInt(256));
      }
    }
    Files.write(mnist.resolve(part + "-images-idx3-ubyte"), images.array());
    Files.write(mnist.resolve(part + "-labels-idx1-ubyte"), labels.array());
  }

  private static float[] noise(int length, long seed) {
    Rng rng = new Rng(seed);
    float[] values = new float[length];
    IntStream.range(0, length).forEach(i -> values[i] = (float) rng.nextDouble());
    return values;
  }

  private void save(int channels, String name) throws IOException {
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(channels).hidden(8).downsample(2))
            .quantizer(VectorQuantizer.gradient(512, 8))
            .decoder(ConvDecoder.channels(channels).hidden(8).upsample(2))
            .build()) {
      model.save(folder.resolve(name));
    }
  }

  /** Compiles the complete code blocks of a page, reduced to a few small steps. */
  private ChildJvm compiled(String page) throws IOException {
    List<String> command = new ArrayList<>(List.of("-d", folder.toString(), "-proc:none"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    for (DocsCodeTest.Block block : DocsCodeTest.blocks()) {
      if (block.page().equals(Path.of(page)) && DocsCodeTest.isComplete(block.code())) {
        Matcher name = CLASS.matcher(block.code());
        assertTrue(name.find(), block::name);
        Path file = folder.resolve(name.group(1) + ".java");
        String few = STEPS.matcher(block.code()).replaceAll(".steps(3)");
        Files.writeString(file, HIDDEN.matcher(few).replaceAll(".hidden(8)"));
        command.add(file.toString());
      }
    }
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, errors, command.toArray(String[]::new));
    assertEquals(0, exit, errors::toString);
    return new ChildJvm().classes(folder).directory(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "README.md, Digits, reconstruction.png, ''",
    "docs/guides/own-images.md, TrainPhotos, runs, ''",
    "docs/guides/own-images.md, UsePhotos, photo.codes, ''",
    "docs/guides/priors.md, NewDigits, sevens.png, ''",
    "docs/guides/custom-quantizers.md, GridDigits, grid.png, ''",
    "docs/guides/custom-quantizers.md, GridCheck, ., 0.0",
    "docs/guides/tensors.md, FirstGradient, ., bias: ",
  })
  void programRuns(String page, String program, String output, String printed)
      throws IOException, InterruptedException {
    ChildJvm.Result result = compiled(page).run(program);
    assertEquals(0, result.exit(), result::toString);
    assertTrue(Files.exists(folder.resolve(output)), result::toString);
    assertFalse(result.linesWith(printed).isEmpty(), result::toString);
  }

  /** The server of the guide: answers of clients at once, of a bad client, and its end. */
  @Test
  void serverAnswers() throws IOException, InterruptedException {
    int port = freePort();
    Process server = compiled("docs/guides/serving.md").start("CodeServer", Integer.toString(port));
    try {
      URI address = URI.create("http://localhost:" + port + "/encode");
      awaitStart(server, port);
      HttpClient client = HttpClient.newHttpClient();
      HttpRequest image = post(address, Files.readAllBytes(folder.resolve("seven.png")));
      List<CompletableFuture<HttpResponse<String>>> answers =
          Stream.generate(() -> client.sendAsync(image, HttpResponse.BodyHandlers.ofString()))
              .limit(16)
              .toList();
      String expected = codesOfTheImage();
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertEquals(expected, answer.join().body());
      }
      assertAnswer(400, client, post(address, "no image".getBytes(StandardCharsets.UTF_8)));
      byte[] photo = Files.readAllBytes(folder.resolve("photo.png"));
      assertAnswer(400, client, post(address, photo));
      assertAnswer(413, client, post(address, new byte[(1 << 13) + 1]));
      assertAnswer(405, client, HttpRequest.newBuilder(address).GET().build());
    } finally {
      server.destroy(); // as by Ctrl-C or the end of a container
      assertTrue(server.waitFor(60, TimeUnit.SECONDS));
    }
    assertEquals(128 + 15, server.exitValue());
  }

  private static HttpRequest post(URI address, byte... body) {
    return HttpRequest.newBuilder(address)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  private static void assertAnswer(int status, HttpClient client, HttpRequest request)
      throws IOException, InterruptedException {
    HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertEquals(status, answer.statusCode(), answer::body);
    assertTrue(answer.body().contains("expected"), answer::body);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void awaitStart(Process server, int port)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (true) {
      try (Socket socket = new Socket("localhost", port)) {
        assertTrue(socket.isConnected());
        return;
      } catch (ConnectException e) {
        if (!server.isAlive() || System.nanoTime() > end) {
          throw new IllegalStateException(
              new String(server.getInputStream().readAllBytes(), StandardCharsets.UTF_8), e);
        }
        Thread.sleep(100);
      }
    }
  }

  private String codesOfTheImage() throws IOException {
    try (VqVae model = VqVae.load(folder.resolve("digits.safetensors"))) {
      return Arrays.toString(model.encode(Images.read(folder.resolve("seven.png"))).values());
    }
  }
}
