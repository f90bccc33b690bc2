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

/** What a failure looks like to a user: one line. */
final class FailureMessage {
  private FailureMessage() {}

  /**
   * The message of a failure that can be expected, else what to do with an unexpected one, and then
   * those that it suppressed, such as where the model is.
   */
  static String of(Throwable failure) {
    StringBuilder text = new StringBuilder(ofOne(failure));
    for (Throwable suppressed : failure.getSuppressed()) {
      text.append(' ').append(oneLine(String.valueOf(suppressed.getMessage())));
    }
    return text.toString();
  }

  private static String ofOne(Throwable failure) {
    if (failure instanceof ExceptionInInitializerError error && error.getCause() != null) {
      return of(error.getCause());
    }
    if (failure instanceof UncheckedIOException unchecked) {
      return ofOne(unchecked.getCause());
    }
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      return oneLine(file.getFile() + ": " + reason(file));
    }
    if (failure instanceof OutOfMemoryError error && isOfHeap(error)) {
      return ofOne(HeapMemory.insufficient("this command", "more", 0, failure));
    }
    if (failure instanceof InsufficientMemoryException) {
      return oneLine(
          failure.getMessage()
              + " Run by Maven, give -Xmx6g as -Dexamples.heap=6g, other settings as"
              + " -Dexamples.jvmArgs=\"..\".");
    }
    if (failure instanceof IOException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException
        || failure instanceof DivergenceException
        || failure instanceof NonFiniteException) {
      return oneLine(String.valueOf(failure.getMessage()));
    }
    return oneLine(
        "Unexpected failure: "
            + failure
            + ". Run it again with --debug to see where, and please report it.");
  }

  /** The JVM throws the same error where it gets no further thread. */
  private static boolean isOfHeap(OutOfMemoryError error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith("Java heap space") || message.startsWith("GC overhead");
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no such file or folder; check the path";
    }
    if (failure instanceof AccessDeniedException) {
      return "access denied; choose another place, or give yourself the right to use it";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "there is a file of that name; choose another name, or move it away";
    }
    return "cannot be used (" + failure.getClass().getSimpleName() + "); check the path";
  }

  /** Where a failure began: what image writers and charts throw only says that they failed. */
  static Throwable firstCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** A text without line breaks. */
  static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
