package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.github.vqvae4j.io.BadFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DataSetDownloadsTest {
  @TempDir Path cache;

  @Test
  void mnistIsDownloadedOnceAndRead() throws IOException {
    Path files = RealData.folder("mnist");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Path file = files.resolve(exchange.getRequestURI().getPath().substring(1));
            exchange.sendResponseHeaders(200, Files.size(file));
            Files.copy(file, exchange.getResponseBody());
          }
        });
    server.start();
    DownloadConfig config =
        DownloadConfig.defaults()
            .cache(cache)
            .mirrors(URI.create("http://localhost:" + server.getAddress().getPort()));
    try {
      MnistData mnist = Mnist.download(config);
      assertEquals("60000 images [28, 28, 1] with labels", mnist.train().toString());
      // These are not the bytes of Fashion-MNIST.
      assertMessageContains(
          assertThrows(IOException.class, () -> FashionMnist.download(config)),
          "Cannot download train-images-idx3-ubyte.gz",
          "offers a file of 9912422 bytes, expected 26421880");
    } finally {
      server.stop(0);
    }
    assertEquals(10_000, Mnist.download(config).test().size());
    assertEquals(10, FashionMnist.LABEL_NAMES.size());
  }

  @Test
  void cifarIsUnpackedAndRead() throws IOException {
    byte[] batch = new byte[2 * 3_073];
    batch[3_073] = 9;
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archives.entry(tar, "cifar-10-batches-bin/", '5', new byte[0], "");
    for (String name : new String[] {"data_batch_1.bin", "test_batch.bin"}) {
      Archives.entry(tar, "cifar-10-batches-bin/" + name, '0', batch, "");
    }
    Path archive = archive(tar.toByteArray());
    // Leftovers of an earlier attempt are harmless.
    Files.createDirectories(cache.resolve("cifar-10/.unpacking/cifar-10-batches-bin"));
    fetch(archive);
    Cifar10Data data = Cifar10.download(DownloadConfig.defaults().cache(cache));
    assertEquals(2, data.train().size());
    assertEquals(9, data.test().label(1));
    assertFalse(Files.exists(archive), "the archive is replaced by the folder");
    assertFalse(Files.exists(cache.resolve("cifar-10/.unpacking")));
  }

  @Test
  void unexpectedArchiveIsRejectedAndLeavesNoFinalFolder() throws IOException {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    Archives.entry(tar, "other/file", '0', new byte[1], "");
    Path archive = archive(tar.toByteArray());
    assertMessageContains(
        assertThrows(BadFileException.class, () -> fetch(archive)),
        archive + ": entries: got no folder cifar-10-batches-bin");
    assertFalse(Files.exists(cache.resolve("cifar-10/cifar-10-batches-bin")));
    assertTrue(Files.exists(archive));
  }

  /** Fetches CIFAR-10 with this archive as the expected one. */
  private void fetch(Path archive) throws IOException {
    RemoteFile file =
        new RemoteFile(
            archive.getFileName().toString(),
            Files.size(archive),
            Sha256.of(archive),
            "cifar-10-batches-bin");
    Downloads.fetch("cifar-10", List.of(file), List.of(), DownloadConfig.defaults().cache(cache));
  }

  /** Copies an archive to the cache, as a user without network access does. */
  private Path archive(byte[] entries) throws IOException {
    Path archive = cache.resolve("cifar-10/cifar-10-binary.tar.gz");
    Files.createDirectories(archive.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(entries);
      out.write(new byte[1_024]);
    }
    return archive;
  }

  @Test
  void interruptedThreadDoesNotStartADownload() {
    RemoteFile file = RemoteFile.of("data.gz", 3, "0".repeat(64));
    DownloadConfig config =
        DownloadConfig.defaults().cache(cache).mirrors(URI.create("http://localhost:1/"));
    Thread.currentThread().interrupt();
    assertMessageContains(
        assertThrows(
            InterruptedIOException.class,
            () -> Downloads.fetch("set", List.of(file), List.of(), config)),
        "interrupted while downloading set",
        "kept to resume later");
    assertTrue(Thread.interrupted());
    assertFalse(Files.exists(cache.resolve("set/data.gz")));
  }
}
