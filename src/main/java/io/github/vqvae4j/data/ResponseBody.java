package io.github.vqvae4j.data;

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
 * The body of an HTTP response, piece by piece, each waited for no longer than a given time. All
 * that came before a connection broke is given before the failure is thrown; the JDK's stream may
 * throw at once.
 */
final class ResponseBody implements HttpResponse.BodySubscriber<ResponseBody>, Closeable {
  /** Bytes, or null at the end; a failure, or null. */
  private record Piece(List<ByteBuffer> bytes, Throwable failure) {}

  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final CompletableFuture<ResponseBody> begun = new CompletableFuture<>();
  private volatile Flow.Subscription subscription;

  /**
   * The next bytes.
   *
   * @return one or more, or null at the end
   * @throws TimeoutException if nothing comes in that time
   * @throws IOException if the connection broke
   */
  List<ByteBuffer> next(Duration timeout)
      throws InterruptedException, TimeoutException, IOException {
    Piece piece = pieces.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (piece == null) {
      throw new TimeoutException();
    }
    if (piece.failure() != null) {
      throw new IOException(piece.failure());
    }
    subscription.request(1);
    return piece.bytes();
  }

  @Override
  public void close() {
    subscription.cancel();
  }

  @Override
  public CompletionStage<ResponseBody> getBody() {
    return begun;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    begun.complete(this);
    newSubscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    pieces.add(new Piece(bytes, null));
  }

  @Override
  public void onError(Throwable failure) {
    begun.completeExceptionally(failure);
    pieces.add(new Piece(null, failure));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(null, null));
  }
}
