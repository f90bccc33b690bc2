package io.github.vqvae4j.data;

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
import org.slf4j.LoggerFactory;

/** Brings one file over HTTP into a {@code .part} file, going on with what is there. */
final class Transfer {
  private static final Logger LOG = LoggerFactory.getLogger(Transfer.class);
  private static final long LOG_NANOS = 10_000_000_000L;
  private static final long MOST_NOTICEABLE = 1 << 16;
  private static final long SHARE_NOTICEABLE = 256;

  private final RemoteFile file;
  private final Path part;
  private final DownloadConfig config;
  private final HttpClient client;
  private long logged = System.nanoTime();

  /** A mirror is of no use for this file; the message says why. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1L;

    FailedException(String message) {
      super(message);
    }
  }

  /** This time it went wrong; the next time it may not. */
  private static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenException(String message) {
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

  /** Where the bytes go. */
  Path part() {
    return part;
  }

  /**
   * Completes the {@code .part} file from one mirror.
   *
   * @throws FailedException if that mirror does not give it
   * @throws InterruptedIOException if the thread is interrupted; it stays interrupted
   * @throws IOException if the file cannot be written
   */
  void from(URI source) throws IOException {
    LOG.info("Downloading {} ({} bytes) from {}", file.name(), file.bytes(), source);
    long most = size();
    boolean anew = false;
    for (int failures = 1; ; failures++) {
      try {
        complete(source);
        return;
      } catch (BrokenException e) {
        long size = size();
        if (size < most && !anew) {
          // The beginning that was there is gone. Only once: a server might do so without end.
          most = size;
          anew = true;
        } else if (size - most >= noticeable()) {
          most = size;
          failures = 1;
        }
        String problem = e.getMessage() + ", after " + size + " of " + file.bytes() + " bytes";
        if (failures >= config.attempts()) {
          throw new FailedException(problem);
        }
        LOG.warn("{}: {}; trying again", source, problem);
      }
    }
  }

  /** So many bytes are progress; else a server that sends a few an answer goes on for ever. */
  private long noticeable() {
    return Math.max(1, Math.min(MOST_NOTICEABLE, file.bytes() / SHARE_NOTICEABLE));
  }

  private long size() throws IOException {
    return Files.exists(part) ? Files.size(part) : 0;
  }

  private void complete(URI source) throws IOException {
    long have = size();
    if (have < file.bytes()) {
      receive(source, have);
    }
    String sum = Sha256.of(part);
    if (!sum.equals(file.sha256())) {
      Files.delete(part);
      String problem = "got a file with SHA-256 " + sum + ", expected " + file.sha256();
      if (have > 0) {
        throw new BrokenException(problem + "; its beginning is of an earlier download");
      }
      throw new FailedException(problem);
    }
  }

  private void receive(URI source, long have) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(source);
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-");
    }
    // Not HttpRequest.timeout: from JDK 26 on it is the time for the whole body.
    HttpResponse<ResponseBody> response =
        await(client.sendAsync(request.build(), answer -> new ResponseBody()));
    try (ResponseBody body = response.body()) {
      long begin = begin(response, have);
      long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
      if (length >= 0 && begin + length != file.bytes()) {
        throw new FailedException(
            "offers a file of "
                + (begin + length)
                + " bytes, expected "
                + file.bytes()
                + "; it is another file");
      }
      try (FileChannel out =
          FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        out.truncate(begin).position(begin);
        copy(body, out, source);
        out.force(true);
      }
    }
  }

  /** At which byte the answer begins. */
  private long begin(HttpResponse<ResponseBody> response, long have) throws IOException {
    int status = response.statusCode();
    if (status == 200) {
      return 0;
    }
    if (status == 206) {
      String range = response.headers().firstValue("Content-Range").orElse("none");
      if (range.startsWith("bytes " + have + "-")) {
        return have;
      }
      throw new FailedException(
          "got the content range " + range + ", expected one that begins with byte " + have);
    }
    if (status == 416) {
      // Sent also to a request without a range, when there is no part.
      Files.deleteIfExists(part);
      throw new BrokenException("got status 416, there is nothing from byte " + have + " on");
    }
    String problem = "got status " + status + ", expected 200 or 206";
    if (status == 408 || status == 429 || status >= 500) {
      throw new BrokenException(problem);
    }
    throw new FailedException(problem);
  }

  private void copy(ResponseBody body, FileChannel out, URI source) throws IOException {
    for (List<ByteBuffer> bytes = next(body); bytes != null; bytes = next(body)) {
      for (ByteBuffer piece : bytes) {
        while (piece.hasRemaining()) {
          out.write(piece);
        }
      }
      if (out.position() > file.bytes()) {
        out.truncate(0);
        throw new FailedException(
            "sends more than the expected " + file.bytes() + " bytes; it is another file");
      }
      report(new DownloadProgress(file.name(), source, out.position(), file.bytes()));
    }
    if (out.position() < file.bytes()) {
      throw new BrokenException("the data ended early");
    }
  }

  private void report(DownloadProgress progress) {
    config.listener().onProgress(progress);
    if (System.nanoTime() - logged > LOG_NANOS) {
      logged = System.nanoTime();
      LOG.info("{}: {} of {} bytes", progress.file(), progress.bytes(), progress.totalBytes());
    }
  }

  /** The response's head, unless it takes longer than a stall may last. */
  private <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(config.stallTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw stalled();
    } catch (ExecutionException e) {
      throw broken(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(file.name(), e);
    } finally {
      // After its end this does nothing.
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
      throw broken(e.getCause());
    }
  }

  private BrokenException stalled() {
    return new BrokenException("nothing came for " + config.stallTimeout().toMillis() + " ms");
  }

  private static BrokenException broken(Throwable cause) {
    String why = cause.getCause() == null ? "" : " (" + cause.getCause() + ")";
    return new BrokenException(cause + why);
  }

  /** What a thread throws that is interrupted while it downloads; it stays interrupted. */
  static InterruptedIOException interrupted(String what, Exception cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted =
        new InterruptedIOException(
            "interrupted while downloading " + what + "; what came is kept for the next time");
    interrupted.initCause(cause);
    return interrupted;
  }
}
