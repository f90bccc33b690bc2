package io.github.vqvae4j.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.vqvae4j.io.EventFileKinds;
import io.github.vqvae4j.train.RunFileKinds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Corrupted files of all formats that the library reads; see {@link Fuzzing}. */
class FileFuzzTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger("io.github.vqvae4j");

  @TempDir static Path folder;

  /** The tables and event files of a run are cut off with a warning, which is not printed here. */
  @BeforeAll
  static void hideWarnings() {
    LOG.setLevel(Level.ERROR);
  }

  @AfterAll
  static void showWarnings() {
    LOG.setLevel(Level.INFO);
  }

  static List<FuzzTarget> kinds() throws IOException {
    return Fuzzing.chosen(
        Stream.of(
                ImageKinds.all(),
                DataKinds.all(folder),
                ModelKinds.all(folder),
                RunFileKinds.all(folder),
                EventFileKinds.all(folder))
            .flatMap(List::stream)
            .toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void corruptedFilesAreReadCorrectlyOrRejected(FuzzTarget kind) throws Exception {
    Fuzzing.run(kind, folder);
  }
}
