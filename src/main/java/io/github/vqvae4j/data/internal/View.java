package io.github.vqvae4j.data.internal;

import io.github.vqvae4j.data.Source;

/** A view of another source or stream, from which it reads its examples. */
public interface View {
  /** Returns the source or stream that is viewed, which may be a view itself. */
  Object viewed();

  /** Returns what a view, or a view of a view, reads; other sources and streams are returned. */
  static Object origin(Object data) {
    Object origin = data;
    while (origin instanceof View view) {
      origin = view.viewed();
    }
    return origin;
  }

  /** Reads from a source; nothing else reads it at the same time unless it is thread-safe. */
  static void read(Source<?> source, Runnable read) {
    if (source.isThreadSafe()) {
      read.run();
      return;
    }
    synchronized (origin(source)) {
      read.run();
    }
  }
}
