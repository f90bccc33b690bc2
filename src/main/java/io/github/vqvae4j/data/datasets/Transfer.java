package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;

/** Downloads one file over HTTP to a {@code .part} file, resuming from its existing content. */
final class Transfer {
  private static final Logger LOG = Log.ofProgress(Transfer.class);
  private static final long LOG_NANOS = 10_000_000_000L;
  private static final long MAX_PROGRESS = 1 << 16;
  private static final long PROGRESS_DIVISOR = 256;

  private final RemoteFile file;
  private final Path part;
  private final DownloadConfig config;
  private final HttpClient client;
  private long lastLog = System.nanoTime();

  /** The mirror cannot provide the file; retrying is pointless. */
  static final class MirrorException extends IOException {
    private static final long serialVersionUID = 1L;

    MirrorException(String message) {
      super(message);
    }
  }

  /** An attempt failed; a retry may succeed. */
  private static final class RetryException extends IOException {
    private static final long serialVersionUID = 1L;

    RetryException(String message) {
      super(message);
    }
  }

  Transfer(RemoteFile file, Path part, DownloadConfig config) {
    this.file = file;
    this.part = part;
    this.config = config;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(config.connectTimeout())
            .build();
  }

  /** Returns the file to which data is written. */
  Path part() {
    return part;
  }

  /**
   * Completes the {@code .part} file from one mirror.
   *
   * @throws MirrorException if the file cannot be downloaded from the mirror
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status remains set
   * @throws IOException if the file cannot be written
   */
  void from(URI source) throws IOException {
    LOG.info(
        "Downloading {} ({} bytes) from {} to {}",
        file.name(),
        file.bytes(),
        source,
        FileNames.path(part.toAbsolutePath().getParent()));
    long maxSize = size();
    boolean restarted = false;
    for (int failures = 1; ; failures++) {
      try {
        complete(source);
        return;
      } catch (RetryException e) {
        long size = size();
        if (size < maxSize && !restarted) {
          // The existing content was discarded. Accepted only once: a server might do so forever.
          maxSize = size;
          restarted = true;
        } else if (size - maxSize >= minProgress()) {
          maxSize = size;
          failures = 1;
        }
        String problem = e.getMessage() + ", after " + size + " of " + file.bytes() + " bytes";
        if (failures >= config.attempts()) {
          throw new MirrorException(problem);
        }
        LOG.warn("{}: {}; trying again", source, problem);
      }
    }
  }

  /**
   * Returns the number of bytes that counts as progress; without a minimum, a server that sends a
   * few bytes per response would be retried forever.
   */
  private long minProgress() {
    return Math.max(1, Math.min(MAX_PROGRESS, file.bytes() / PROGRESS_DIVISOR));
  }

  private long size() throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private void complete(URI source) throws IOException {
    long existing = size();
    if (existing < file.bytes()) {
      receive(source, existing);
    }
    String sum = Sha256.of(part);
    if (!sum.equals(file.sha256())) {
      Files.delete(part);
      String problem = "got a file with SHA-256 " + sum + ", expected " + file.sha256();
      if (existing > 0) {
        throw new RetryException(problem + "; its start is from an earlier download");
      }
      throw new MirrorException(problem);
    }
  }

  private void receive(URI source, long existing) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(source);
    if (existing > 0) {
      request.header("Range", "bytes=" + existing + "-");
    }
    // Not HttpRequest.timeout: since JDK 26, it limits the time for the whole body.
    HttpResponse<ResponseBody> response =
        await(client.sendAsync(request.build(), info -> new ResponseBody()));
    try (ResponseBody body = response.body()) {
      long start = start(response, existing);
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      if (length >= 0 && start + length != file.bytes()) {
        throw new MirrorException(
            "offers a file of "
                + (start + length)
                + " bytes, expected "
                + file.bytes()
                + "; it is a different file");
      }
      try (FileChannel out =
          FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        out.truncate(start).position(start);
        copy(body, out, source);
        out.force(true);
      }
    }
  }

  /** Returns the position of the first byte of the response. */
  private long start(HttpResponse<ResponseBody> response, long existing) throws IOException {
    int status = response.statusCode();
    if (status == 200) {
      return 0;
    }
    if (status == 206) {
      String range = response.headers().firstValue("Content-Range").orElse("none");
      if (range.startsWith("bytes " + existing + "-")) {
        return existing;
      }
      throw new MirrorException(
          "got the content range " + range + ", expected one that starts with byte " + existing);
    }
    if (status == 416) {
      // May also be the response to a request without a range, when there is no part file.
      Files.deleteIfExists(part);
      throw new RetryException("got status 416, no data from byte " + existing + " on");
    }
    String problem = "got status " + status + ", expected 200 or 206";
    if (status == 408 || status == 429 || status >= 500) {
      throw new RetryException(problem);
    }
    throw new MirrorException(problem);
  }

  private void copy(ResponseBody body, FileChannel out, URI source) throws IOException {
    for (List<ByteBuffer> bytes = next(body); bytes != null; bytes = next(body)) {
      for (ByteBuffer buffer : bytes) {
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      if (out.position() > file.bytes()) {
        out.truncate(0);
        throw new MirrorException(
            "sends more than the expected " + file.bytes() + " bytes; it is a different file");
      }
      report(new DownloadProgress(file.name(), source, out.position(), file.bytes()));
    }
    if (out.position() < file.bytes()) {
      throw new RetryException("the data ended prematurely");
    }
  }

  private void report(DownloadProgress progress) {
    config.listener().onProgress(progress);
    if (System.nanoTime() - lastLog > LOG_NANOS) {
      lastLog = System.nanoTime();
      LOG.info("{}: {} of {} bytes", progress.file(), progress.bytes(), progress.totalBytes());
    }
  }

  /** Waits for the response headers, at most for the stall timeout. */
  private <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(config.stallTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw stalled();
    } catch (ExecutionException e) {
      throw connectionLost(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(file.name(), e);
    } finally {
      // This has no effect after completion.
      future.cancel(true);
    }
  }

  private List<ByteBuffer> next(ResponseBody body) throws IOException {
    try {
      return body.next(config.stallTimeout());
    } catch (TimeoutException e) {
      throw stalled();
    } catch (InterruptedException e) {
      throw interrupted(file.name(), e);
    } catch (IOException e) {
      throw connectionLost(e.getCause());
    }
  }

  private RetryException stalled() {
    return new RetryException("no data received for " + config.stallTimeout().toMillis() + " ms");
  }

  private static RetryException connectionLost(Throwable cause) {
    String reason = cause.getCause() == null ? "" : " (" + cause.getCause() + ")";
    return new RetryException(cause + reason);
  }

  /**
   * Returns the exception for an interrupted download; sets the thread's interrupt status again.
   */
  static InterruptedIOException interrupted(String name, Exception cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        new InterruptedIOException(
            "interrupted while downloading "
                + name
                + "; the received data is kept to resume later");
    interrupted.initCause(cause);
    return interrupted;
  }
}
