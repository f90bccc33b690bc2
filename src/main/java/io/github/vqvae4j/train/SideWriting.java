package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes files beside a training run, which goes on if they cannot be written. */
final class SideWriting {
  private static final Logger LOG = LoggerFactory.getLogger(SideWriting.class);

  /** Writes something. */
  interface Action {
    void run() throws IOException;
  }

  private final Path folder;
  private IOException failure;

  SideWriting(Path folder) {
    this.folder = folder;
  }

  /** Writes; if that fails, says so once, and from then on does nothing. */
  void attempt(Action action) {
    if (failure != null) {
      return;
    }
    try {
      action.run();
    } catch (IOException e) {
      failure = e;
      LOG.error(
          "Cannot write to {} any more ({}). Training goes on, and nothing more is written there;"
              + " save the model elsewhere when it ends.",
          folder,
          e.toString());
    }
  }

  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }
}
