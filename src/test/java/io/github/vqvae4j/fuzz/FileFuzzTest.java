package io.github.vqvae4j.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Corrupted files of all formats that the library reads; see {@link Fuzzing}. */
class FileFuzzTest {
  @TempDir static Path folder;

  static List<FuzzTarget> kinds() throws IOException {
    return Fuzzing.chosen(
        Stream.of(ImageKinds.all(), DataKinds.all(folder), ModelKinds.all(folder))
            .flatMap(List::stream)
            .toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void corruptedFilesAreReadCorrectlyOrRejected(FuzzTarget kind) throws Exception {
    Fuzzing.run(kind, folder);
  }
}
