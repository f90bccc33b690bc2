package io.github.vqvae4j.examples;

import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.train.DivergenceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Formats errors for the user, as one line. */
final class FailureMessage {
  private FailureMessage() {}

  /**
   * Returns the message of an expected error, or advice for an unexpected one, followed by the
   * messages of suppressed exceptions, such as the location of the saved model.
   */
  static String of(Throwable failure) {
    StringBuilder text = new StringBuilder(withoutSuppressed(failure));
    for (Throwable suppressed : failure.getSuppressed()) {
      String message = oneLine(String.valueOf(suppressed.getMessage()));
      if (text.indexOf(message) < 0) { // a stream may fail again when it is closed
        text.append(' ').append(message);
      }
    }
    return text.toString();
  }

  private static String withoutSuppressed(Throwable failure) {
    if (failure instanceof ExceptionInInitializerError error && error.getCause() != null) {
      return of(error.getCause());
    }
    if (failure instanceof UncheckedIOException unchecked) {
      return withoutSuppressed(unchecked.getCause());
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return oneLine(file.getFile() + ": " + reason(file));
    }
    if (failure instanceof OutOfMemoryError error && isHeapExhausted(error)) {
      return withoutSuppressed(HeapMemory.insufficient("this command", "more", 0, failure));
    }
    if (failure instanceof InsufficientMemoryException) {
      return oneLine(
          failure.getMessage()
              + " When running with Maven, set -Dexamples.heap=6g instead of -Xmx6g, and other JVM"
              + " options with -Dexamples.jvmArgs=\"..\".");
    }
    if (failure instanceof IOException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException
        || failure instanceof DivergenceException
        || failure instanceof NonFiniteException) {
      return oneLine(String.valueOf(failure.getMessage()));
    }
    return oneLine(
        "Unexpected error: "
            + failure
            + ". Run the command again with --debug for a stack trace, and please report it.");
  }

  /** The JVM throws the same error if it cannot create a thread. */
  private static boolean isHeapExhausted(OutOfMemoryError error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith("Java heap space") || message.startsWith("GC overhead");
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or folder; check the path";
    }
    if (failure instanceof AccessDeniedException) {
      return "access denied; choose another location or change its permissions";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "the file already exists; choose another name, or move the file";
    }
    return "cannot be used (" + failure.getClass().getSimpleName() + "); check the path";
  }

  /** Returns the root cause: exceptions of image writers and charts only state that they failed. */
  static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Replaces line breaks by spaces. */
  static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
