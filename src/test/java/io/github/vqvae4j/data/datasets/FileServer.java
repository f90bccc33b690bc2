package io.github.vqvae4j.data.datasets;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local server that returns one body, correctly or not, depending on the path. */
final class FileServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final byte[] body;
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  FileServer(byte[] body) throws IOException {
    this.body = body;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Returns a mirror with the behavior {@code how}. */
  URI mirror(String how) {
    return URI.create("http://localhost:" + server.getAddress().getPort() + "/" + how + "/");
  }

  /** The requests: the path and, after a space, the range or "null". */
  List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    String path = exchange.getRequestURI().getPath();
    requests.add(path + " " + range);
    int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    try (exchange) {
      switch (path.split("/")[1]) {
        case "good" -> send(exchange, from, body, body.length);
        case "ignores-range" -> send(exchange, 0, body, body.length);
        case "truncates" -> send(exchange, from, body, Math.min(body.length, from + 1_000));
        case "drips" -> send(exchange, from, body, Math.min(body.length, from + 3));
        case "never-satisfiable" -> exchange.sendResponseHeaders(416, -1);
        case "truncates-always-at-half" -> send(exchange, 0, body, body.length / 2);
        case "stalls" -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body, 0, body.length / 2);
          exchange.getResponseBody().flush();
          waitForClosing();
        }
        case "silent" -> waitForClosing();
        case "redirects" -> {
          exchange.getResponseHeaders().set("Location", path.replace("redirects", "good"));
          exchange.sendResponseHeaders(302, -1);
        }
        case "loops" -> {
          exchange.getResponseHeaders().set("Location", path);
          exchange.sendResponseHeaders(302, -1);
        }
        case "busy" -> exchange.sendResponseHeaders(503, -1);
        case "wrong-bytes" -> {
          byte[] wrong = body.clone();
          wrong[wrong.length / 2]++;
          send(exchange, from, wrong, wrong.length);
        }
        case "other-length" -> send(exchange, 0, Arrays.copyOf(body, 10), 10);
        case "too-much" -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().write(body);
          exchange.getResponseBody().close();
        }
        case "wrong-range" -> {
          exchange.getResponseHeaders().set("Content-Range", "bytes 1-2/3");
          exchange.sendResponseHeaders(206, 2);
          exchange.getResponseBody().write(body, 0, 2);
        }
        case "no-range" -> {
          exchange.sendResponseHeaders(from > 0 ? 416 : 200, from > 0 ? -1 : 0);
          exchange.getResponseBody().close();
        }
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  /** Announces all bytes from {@code from} on, and sends them up to {@code end}. */
  private static void send(HttpExchange exchange, int from, byte[] bytes, int end)
      throws IOException {
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
    exchange.getResponseBody().write(bytes, from, end - from);
    exchange.getResponseBody().flush();
  }

  private void waitForClosing() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
