package io.github.vqvae4j.data.datasets;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The body of an HTTP response, read in chunks with a timeout. Unlike the JDK's stream, it returns
 * all data received before a connection was lost before it throws the failure.
 */
final class ResponseBody implements HttpResponse.BodySubscriber<ResponseBody>, Closeable {
  /** Received bytes, or null at the end, and the failure, or null. */
  private record Chunk(List<ByteBuffer> bytes, Throwable failure) {}

  private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
  private final CompletableFuture<ResponseBody> started = new CompletableFuture<>();
  private volatile Flow.Subscription subscription;

  /**
   * Returns the next bytes.
   *
   * @return one or more buffers, or null at the end
   * @throws TimeoutException if no data is received within the timeout
   * @throws IOException if the connection was lost
   */
  List<ByteBuffer> next(Duration timeout)
      throws InterruptedException, TimeoutException, IOException {
    Chunk chunk = chunks.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (chunk == null) {
      throw new TimeoutException();
    }
    if (chunk.failure() != null) {
      throw new IOException(chunk.failure());
    }
    subscription.request(1);
    return chunk.bytes();
  }

  @Override
  public void close() {
    subscription.cancel();
  }

  @Override
  public CompletionStage<ResponseBody> getBody() {
    return started;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    started.complete(this);
    newSubscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    chunks.add(new Chunk(bytes, null));
  }

  @Override
  public void onError(Throwable failure) {
    started.completeExceptionally(failure);
    chunks.add(new Chunk(null, failure));
  }

  @Override
  public void onComplete() {
    chunks.add(new Chunk(null, null));
  }
}
