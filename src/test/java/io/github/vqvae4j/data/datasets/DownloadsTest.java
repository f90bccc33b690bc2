package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.train.CapturedLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadsTest {
  private final byte[] body = new byte[200_000];

  @TempDir Path cache;
  private FileServer server;
  private RemoteFile file;

  @BeforeEach
  void serve() throws Exception {
    new Random(4).nextBytes(body);
    server = new FileServer(body);
    file = RemoteFile.of("data.gz", body.length, sha256(body));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fileIsDownloadedOnceAndProgressIsReported() throws IOException {
    List<DownloadProgress> told = new ArrayList<>();
    DownloadConfig config = config("good").listener(told::add);
    assertEquals(cache.resolve("set"), Downloads.fetch("set", List.of(file), List.of(), config));
    assertWhole();
    assertEquals(List.of("/good/data.gz null"), server.requests());
    DownloadProgress last = told.get(told.size() - 1);
    URI source = server.mirror("good").resolve("data.gz");
    assertEquals(new DownloadProgress("data.gz", source, body.length, body.length), last);
    for (int i = 1; i < told.size(); i++) {
      assertTrue(told.get(i).bytes() > told.get(i - 1).bytes());
    }
    // Again from the cache, without a request.
    Downloads.fetch("set", List.of(file), List.of(), config("missing"));
    assertEquals(1, server.requests().size());
  }

  @Test
  void aDownloadIsLoggedWithItsSizeSourceAndFolder() throws IOException {
    try (CapturedLog log = new CapturedLog(Transfer.class)) {
      fetch("good");
      URI source = server.mirror("good").resolve("data.gz");
      Path folder = cache.resolve("set").toAbsolutePath();
      assertEquals(
          List.of("Downloading data.gz (200000 bytes) from " + source + " to " + folder),
          log.all());
    }
  }

  @Test
  void existingFilesAreNotDownloaded() throws IOException {
    part(Arrays.copyOf(body, 150_000));
    fetch("good");
    assertEquals(List.of("/good/data.gz bytes=150000-"), server.requests());
  }

  @Test
  void completePartFileIsOnlyVerified() throws IOException {
    part(body);
    fetch("good");
    assertEquals(List.of(), server.requests());
  }

  @Test
  void downloadRestartsIfTheServerIgnoresRanges() throws IOException {
    part(Arrays.copyOf(body, 150_000));
    fetch("ignores-range");
    assertEquals(1, server.requests().size());
  }

  @Test
  void interruptedTransfersAreResumedWhileTheyProgress() throws IOException {
    part(Arrays.copyOf(body, 190_500));
    // Ten times 1,000 bytes, far more than the 3 attempts without progress.
    fetch("truncates");
    assertEquals("/truncates/data.gz bytes=190500-", server.requests().get(0));
    assertTrue(server.requests().size() >= 9, server.requests().toString());
  }

  /**
   * Data received after a part file was discarded is progress, even if the part file was longer.
   */
  @Test
  void restartAfterAWrongPartFileCountsAsProgress() throws IOException {
    part(new byte[199_500]);
    fetch("truncates");
    assertWhole();
  }

  @Test
  void serverWithoutProgressIsAbandoned() {
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("truncates-always-at-half")),
        "truncates-always-at-half/data.gz",
        "after 100000 of 200000 bytes");
    assertEquals(3, server.requests().size());
  }

  @Test
  void serverWithTooLittleProgressIsAbandoned() {
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("drips")),
        "drips/data.gz",
        "after 9 of 200000 bytes");
    assertEquals(3, server.requests().size());
  }

  /** Even if nothing beyond the end was requested. */
  @Test
  void unsatisfiableRangeMovesOnToTheNextMirror() throws IOException {
    URI never = server.mirror("never-satisfiable");
    DownloadConfig config = config("good").mirrors(never, server.mirror("good"));
    Downloads.fetch("set", List.of(file), List.of(), config);
    assertWhole();
    assertEquals(
        List.of(
            "/never-satisfiable/data.gz null",
            "/never-satisfiable/data.gz null",
            "/never-satisfiable/data.gz null",
            "/good/data.gz null"),
        server.requests());
  }

  @Test
  void stalledTransferTimesOutAndKeepsTheData() throws IOException {
    DownloadConfig hasty =
        config("stalls").timeouts(Duration.ofSeconds(5), Duration.ofSeconds(2)).attempts(1);
    assertMessageContains(
        assertThrows(
            IOException.class, () -> Downloads.fetch("set", List.of(file), List.of(), hasty)),
        "no data received for 2000 ms",
        "after 100000 of 200000 bytes");
    assertEquals(100_000, Files.size(cache.resolve("set/data.gz.part")));
    fetch("good");
    assertEquals(
        "/good/data.gz bytes=100000-", server.requests().get(server.requests().size() - 1));
  }

  @Test
  void unresponsiveServerIsAbandoned() {
    DownloadConfig hasty =
        config("silent").timeouts(Duration.ofSeconds(5), Duration.ofMillis(200)).attempts(2);
    assertMessageContains(
        assertThrows(
            IOException.class, () -> Downloads.fetch("set", List.of(file), List.of(), hasty)),
        "no data received for 200 ms",
        "after 0 of 200000 bytes");
    assertEquals(2, server.requests().size());
  }

  @Test
  void redirectsAreFollowedUpToALimit() throws IOException {
    fetch("redirects");
    assertEquals(List.of("/redirects/data.gz null", "/good/data.gz null"), server.requests());
    Files.delete(cache.resolve("set/data.gz"));
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("loops")), "got status 302, expected 200");
  }

  @Test
  void nextMirrorIsTriedAfterAFailure() throws IOException {
    fetch("missing", "busy", "wrong-bytes", "good");
    assertEquals(
        List.of(
            "/missing/data.gz null",
            "/busy/data.gz null",
            "/busy/data.gz null",
            "/busy/data.gz null",
            "/wrong-bytes/data.gz null",
            "/good/data.gz null"),
        server.requests());
  }

  @Test
  void errorContainsAllFailuresAndAdvice() {
    IOException e =
        assertThrows(IOException.class, () -> fetch("missing", "wrong-bytes", "other-length"));
    assertMessageContains(
        e,
        "Cannot download data.gz. ",
        "missing/data.gz: got status 404, expected 200",
        "wrong-bytes/data.gz: got a file with SHA-256 ",
        ", expected " + file.sha256(),
        "other-length/data.gz: offers a file of 10 bytes, expected 200000; it is a different file",
        "DownloadConfig.mirrors",
        "put the file into " + cache.resolve("set"));
    assertEquals(3, e.getSuppressed().length);
    assertFalse(Files.exists(cache.resolve("set/data.gz")));
    assertFalse(Files.exists(cache.resolve("set/data.gz.part")));
  }

  @Test
  void excessDataIsRejected() {
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("too-much")),
        "sends more than the expected 200000 bytes");
    assertFalse(Files.exists(cache.resolve("set/data.gz")));
  }

  @Test
  void wrongPartFileIsDiscarded() throws IOException {
    part(new byte[150_000]);
    fetch("good");
    assertEquals(List.of("/good/data.gz bytes=150000-", "/good/data.gz null"), server.requests());
    Files.delete(cache.resolve("set/data.gz"));
    part(new byte[250_000]);
    fetch("good");
  }

  @Test
  void invalidRangesAreRejected() throws IOException {
    part(Arrays.copyOf(body, 150_000));
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("wrong-range")),
        "got the content range bytes 1-2/3, expected one that starts with byte 150000");
    part(Arrays.copyOf(body, 150_000));
    assertMessageContains(
        assertThrows(IOException.class, () -> fetch("no-range")),
        "the data ended prematurely, after 0");
    assertTrue(server.requests().contains("/no-range/data.gz null"));
  }

  @Test
  void unreachableAddressIsNamedInTheError() throws IOException {
    URI unreachable;
    try (ServerSocket socket = new ServerSocket(0)) {
      unreachable = URI.create("http://localhost:" + socket.getLocalPort() + "/");
    }
    DownloadConfig config = config().mirrors(unreachable);
    assertMessageContains(
        assertThrows(
            IOException.class, () -> Downloads.fetch("set", List.of(file), List.of(), config)),
        unreachable + "data.gz: ",
        "ConnectException");
  }

  @Test
  void interruptedDownloadStopsAndKeepsTheData() throws IOException {
    Thread caller = Thread.currentThread();
    DownloadConfig config =
        config("stalls")
            .listener(
                progress -> {
                  if (progress.bytes() == 100_000) {
                    caller.interrupt();
                  }
                });
    assertMessageContains(
        assertThrows(
            InterruptedIOException.class,
            () -> Downloads.fetch("set", List.of(file), List.of(), config)),
        "interrupted while downloading data.gz",
        "kept");
    assertTrue(Thread.interrupted());
    assertEquals(100_000, Files.size(cache.resolve("set/data.gz.part")));
  }

  @Test
  void defaultMirrorsAreUsedUnlessOthersAreSet() throws IOException {
    DownloadConfig plain = DownloadConfig.defaults().cache(cache);
    Downloads.fetch("set", List.of(file), List.of(server.mirror("good")), plain);
    assertWhole();
  }

  @Test
  void twoThreadsDownloadOnce() throws Exception {
    Thread other =
        new Thread(
            () -> {
              try {
                fetch("good");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    other.start();
    fetch("good");
    other.join();
    assertEquals(1, server.requests().size());
  }

  @Test
  void unwritableCacheIsNamedInTheError() throws IOException {
    Path taken = Files.writeString(cache.resolve("taken"), "a file");
    assertMessageContains(
        assertThrows(
            IOException.class,
            () -> Downloads.fetch("set", List.of(file), List.of(), config("good").cache(taken))),
        "Cannot create or write to the folder " + taken.resolve("set"),
        "-Dvqvae4j.cache");
  }

  @Test
  void existingArchiveIsVerifiedBeforeUnpacking() throws Exception {
    byte[] intact = archive(new byte[] {1, 2, 3});
    RemoteFile wanted = new RemoteFile("set.tar.gz", intact.length, sha256(intact), "set");
    Path archive = cache.resolve("set/set.tar.gz");
    Path unpacked = cache.resolve("set/set/file");
    Files.createDirectories(archive.getParent());
    // Intact archives with different content, a corrupt one and a truncated one.
    byte[] corrupt = intact.clone();
    corrupt[intact.length / 2]++;
    List<byte[]> others =
        List.of(archive(new byte[] {9}), corrupt, Arrays.copyOf(intact, intact.length / 2));
    try (FileServer good = new FileServer(intact)) {
      DownloadConfig config = DownloadConfig.defaults().cache(cache).mirrors(good.mirror("good"));
      for (int i = 0; i < others.size(); i++) {
        Files.write(archive, others.get(i));
        Downloads.fetch("set", List.of(wanted), List.of(), config);
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(unpacked));
        assertEquals(i + 1, good.requests().size());
        Path renamed = cache.resolve("set/set.tar.gz.other" + (i == 0 ? "" : "-" + (i + 1)));
        assertArrayEquals(others.get(i), Files.readAllBytes(renamed));
        Files.delete(unpacked);
        Files.delete(unpacked.getParent());
      }
      Files.write(archive, intact);
      Downloads.fetch("set", List.of(wanted), List.of(), config);
      assertEquals(3, good.requests().size(), "the expected archive is used unchanged");
      Files.delete(unpacked);
      Files.delete(unpacked.getParent());
      Files.write(archive, corrupt);
      assertMessageContains(
          assertThrows(
              IOException.class,
              () ->
                  Downloads.fetch(
                      "set", List.of(wanted), List.of(), config.mirrors(good.mirror("missing")))),
          "Cannot download set.tar.gz",
          "There are no other mirrors",
          "The existing file " + archive + " has " + intact.length + " bytes and SHA-256 ",
          "it was renamed to set.tar.gz.other-4");
      assertFalse(Files.exists(unpacked));
    }
  }

  private static byte[] archive(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream tar = new GZIPOutputStream(bytes)) {
      Archives.entry(tar, "set/file", '0', content, "");
      tar.write(new byte[1_024]);
    }
    return bytes.toByteArray();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /**
   * Java reports "?" for a user without an entry in the system's user database, as in many
   * containers.
   */
  @Test
  void unknownHomeDirectoryCreatesNoFolder() {
    String home = System.getProperty("user.home");
    try {
      for (String unknown : new String[] {"?", "", "home", "/nonexistent", "/J\uFFFD\uFFFDrg"}) {
        System.setProperty("user.home", unknown);
        DownloadConfig config = DownloadConfig.defaults();
        assertNull(config.cache());
        assertMessageContains(
            assertThrows(IOException.class, () -> Mnist.download(config)),
            "Cannot store mnist: the home directory of the user is unknown (user.home is \""
                + unknown,
            "-Dvqvae4j.cache=<folder>");
        assertEquals(cache, config.cache(cache).cache());
      }
    } finally {
      System.setProperty("user.home", home);
    }
    assertFalse(Files.exists(Path.of("?")));
  }

  @Test
  void cacheIsAPropertyOrInTheHomeDirectory() {
    assertTrue(DownloadConfig.defaults().cache().endsWith(Path.of(".cache", "vqvae4j")));
    System.setProperty("vqvae4j.cache", cache.toString());
    try {
      assertEquals(cache, DownloadConfig.defaults().cache());
    } finally {
      System.clearProperty("vqvae4j.cache");
    }
  }

  @Test
  void invalidSettingsAreRejected() {
    DownloadConfig config = DownloadConfig.defaults();
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.mirrors(URI.create("ftp://a/b"))),
        "DownloadConfig.mirrors: expected",
        "http:// or https://, got ftp://a/b.");
    assertThrows(IllegalArgumentException.class, () -> config.mirrors(URI.create("a/b")));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.attempts(0)),
        "DownloadConfig.attempts: expected at least 1, got 0.");
    assertThrows(
        IllegalArgumentException.class,
        () -> config.timeouts(Duration.ZERO, Duration.ofSeconds(1)));
    URI bare = URI.create("https://a/b");
    assertEquals(List.of(URI.create("https://a/b/")), config.mirrors(bare).mirrors());
  }

  private DownloadConfig config(String... mirrors) {
    URI[] addresses = Arrays.stream(mirrors).map(server::mirror).toArray(URI[]::new);
    return DownloadConfig.defaults().cache(cache).mirrors(addresses);
  }

  private void fetch(String... mirrors) throws IOException {
    Downloads.fetch("set", List.of(file), List.of(), config(mirrors));
    assertWhole();
  }

  private void assertWhole() throws IOException {
    assertArrayEquals(body, Files.readAllBytes(cache.resolve("set/data.gz")));
    assertFalse(Files.exists(cache.resolve("set/data.gz.part")));
  }

  private void part(byte[] bytes) throws IOException {
    Files.createDirectories(cache.resolve("set"));
    Files.write(cache.resolve("set/data.gz.part"), bytes);
  }
}
