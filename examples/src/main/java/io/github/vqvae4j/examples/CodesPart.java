package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import java.io.IOException;
import java.util.stream.IntStream;

/** The second part of {@link GenerateCommand}: encodes all images. */
final class CodesPart {
  static final String EXTENSION = ".codes";
  static final String TRAIN = "train";
  static final String VALIDATION = "validation";
  static final String TEST = "test";

  private final GenerateRun run;

  CodesPart(GenerateRun run) {
    this.run = run;
  }

  GenerateMetrics.CodeMaps run(ImageCodes coder) throws IOException {
    GenerateSets sets = run.sets();
    GenerateOptions options = run.options();
    write(TRAIN, coder, sets.augmented(options.copies, options.seed));
    write(VALIDATION, coder, sets.validation());
    write(TEST, coder, sets.test());
    int perImage = 0;
    for (int level = 0; level < options.levels; level++) {
      int[] shape = run.readCodes(TEST, level).shape();
      perImage += Math.multiplyExact(shape[1], shape[2]);
    }
    return new GenerateMetrics.CodeMaps(perImage);
  }

  private void write(String set, ImageCodes coder, Dataset images) throws IOException {
    run.interruption().check();
    coder.encode(
        images,
        IntStream.range(0, run.options().levels)
            .mapToObj(level -> run.folder().file(run.name(set, level) + EXTENSION))
            .toList());
  }
}
