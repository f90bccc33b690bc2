package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands read datasets from a local server or from the cache. */
@Timeout(120)
class DownloadOptionTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private Path served;
  private Path cache;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    served = folder.resolve("served");
    cache = folder.resolve("cache");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::serveFile);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Serves files from the requested offset; paths below /half return only the first half. */
  private void serveFile(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String range = exchange.getRequestHeaders().getFirst("Range");
      requests.add(path + " " + range);
      Path file = served.resolve(path.substring(path.lastIndexOf('/') + 1));
      if (!Files.exists(file)) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] bytes = Files.readAllBytes(file);
      int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
      int end = path.startsWith("/half") ? bytes.length / 2 : bytes.length;
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
      exchange.getResponseBody().write(bytes, from, Math.max(0, end - from));
    }
  }

  private String mirror(String path) {
    return "--mirror=http://localhost:" + server.getAddress().getPort() + "/" + path;
  }

  private Run small(String command, String... more) {
    Stream<String> first =
        Stream.of(command, "--cache=" + cache, "--output=" + folder.resolve("out-" + command));
    return Run.of(Stream.concat(first, Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  void mnistIsDownloadedOverABrokenConnectionAndCached() {
    served = Path.of(System.getProperty("vqvae4j.data", "../../shared/data"), "mnist");
    assumeTrue(
        Files.isDirectory(served),
        () ->
            "skipped: no dataset in "
                + served.toAbsolutePath().normalize()
                + "; -Dvqvae4j.data=DIRECTORY sets the directory that contains mnist");
    Run run =
        small(
                "mnist",
                "--steps=1",
                "--hidden=4",
                "--download=mnist",
                mirror("half"),
                mirror("whole"))
            .succeeded();
    List<String> lines = run.out().lines().toList();
    assertEquals("mnist is cached in " + cache, lines.get(0));
    assertTrue(lines.get(1).matches("train-images-idx3-ubyte.gz \\d\\.\\d/9\\.9 MB"), run.out());
    assertTrue(run.out().contains("train-images-idx3-ubyte.gz 9.9/9.9 MB"), run.out());
    assertTrue(run.out().contains("t10k-labels-idx1-ubyte.gz 4.5/4.5 kB"), run.out());
    assertTrue(run.out().contains("MNIST: 60000 training and 10000 test images"), run.out());
    assertTrue(requests.contains("/half/train-images-idx3-ubyte.gz null"), requests.toString());
    assertTrue(
        requests.contains("/whole/train-images-idx3-ubyte.gz bytes=4956211-"), requests.toString());
    int asked = requests.size();
    small("codebook", "--steps=1", "--codes=4", "--download=mnist", mirror("whole")).succeeded();
    assertEquals(asked, requests.size());
  }

  @Test
  void cachedFilesAreNotRequested() throws IOException {
    for (String set : new String[] {"mnist", "fashion-mnist"}) {
      Path target = Files.createDirectories(cache.resolve(set));
      for (String[] part : new String[][] {{"train", "train"}, {"t10k", "test"}}) {
        copy(part[1] + "-images.idx3.gz", target.resolve(part[0] + "-images-idx3-ubyte.gz"));
        copy(part[1] + "-labels.idx1.gz", target.resolve(part[0] + "-labels-idx1-ubyte.gz"));
      }
    }
    Run mnist =
        small("mnist", "--steps=1", "--hidden=4", "--download=mnist", mirror("")).succeeded();
    assertTrue(mnist.out().contains("MNIST: 5000 training"), mnist.out());
    for (String command : new String[] {"autoencoder", "vae"}) {
      Run fashion =
          small(command, "--steps=1", "--hidden=4", "--download=fashion-mnist").succeeded();
      assertTrue(fashion.out().contains("Fashion-MNIST: 5000 training"), fashion.out());
    }
    Path records = Files.createDirectories(cache.resolve("cifar-10/cifar-10-batches-bin"));
    for (String name : new String[] {"data_batch_1.bin", "test_batch.bin"}) {
      byte[] batch = new byte[32 * RECORD];
      for (int i = 0; i < batch.length; i++) {
        batch[i] = (byte) (i % RECORD == 0 ? 0 : i);
      }
      Files.write(records.resolve(name), batch);
    }
    Run cifar = small("cifar10", "--steps=1", "--hidden=4", "--download=cifar-10").succeeded();
    assertTrue(cifar.out().contains("CIFAR-10: 32 training and 32 test images"), cifar.out());
    small("codebook", "--steps=1", "--codes=4", "--download=cifar-10").succeeded();
    String out = "--output=" + folder.resolve("out");
    Run.of("codebook", "--steps=1", "--codes=4", "--data=" + records, out).succeeded();
    assertEquals(List.of(), requests);
  }

  private void copy(String bundled, Path target) throws IOException {
    try (var in = getClass().getResourceAsStream("/digits/" + bundled)) {
      Files.copy(in, target);
    }
  }

  @Test
  void missingFilesAreNamedWithARemedy() {
    small("mnist", "--download=mnist", mirror("a"), mirror("b"))
        .failed(
            1,
            "Cannot download train-images-idx3-ubyte.gz",
            "/a/train-images-idx3-ubyte.gz: got status 404",
            "/b/train-images-idx3-ubyte.gz: got status 404",
            "--mirror specifies other addresses",
            cache.resolve("mnist").toString());
    assertFalse(Files.exists(folder.resolve("out")));
  }

  @Test
  void wrongContentIsRejected() throws IOException {
    Files.createDirectories(served);
    Files.write(served.resolve("cifar-10-binary.tar.gz"), new byte[1_000]);
    small("cifar10", "--download=cifar-10", mirror("a"))
        .failed(1, "offers a file of 1000 bytes, expected 170052171");
    assertFalse(Files.exists(cache.resolve("cifar-10/cifar-10-batches-bin")));
  }

  @Test
  void cacheIsAFile() throws IOException {
    Files.writeString(cache, "mine");
    small("mnist", "--download=mnist", mirror("a"))
        .failed(1, "Cannot create or write to the folder " + cache.resolve("mnist"), "--cache");
  }

  @Test
  void invalidUsage() {
    Run.of("mnist", "--download=mnist", "--data=x").failed(2, "--data and --download", "got both");
    Run.of("mnist", "--download=cifar-10")
        .failed(2, "--download: expected mnist or fashion-mnist here, got cifar-10");
    Run.of("cifar10", "--download=mnist").failed(2, "expected cifar-10 here, got mnist");
    Run.of("fidelity", "--recipe=keras-mnist", "--download=fashion-mnist")
        .failed(2, "expected mnist here");
    Run.of("fidelity").failed(2, "--data", "--download cifar-10");
    Run.of("mnist", "--download=imagenet")
        .failed(2, "--download", "mnist, fashion-mnist, cifar-10", "'imagenet'");
    Run.of("mnist", "--mirror=http://localhost").failed(2, "--download");
    Run.of("mnist", "--cache=x").failed(2, "--download");
    Run.of("mnist", "--download=mnist", "--mirror=ftp://a").failed(2, "ftp://a", "http://");
    String help = Run.of("vae", "--help").succeeded().out();
    assertTrue(help.contains("mnist, fashion-mnist, cifar-10"), help);
  }
}
