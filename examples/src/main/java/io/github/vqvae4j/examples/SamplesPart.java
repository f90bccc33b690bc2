package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.vqvae.VqVae2;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The fourth part of {@link GenerateCommand}: samples images, draws grids of images, and measures.
 */
final class SamplesPart {
  static final String SAMPLES = "samples.png";
  static final String COMPLETIONS = "inpainting.png";
  static final String NEAREST = "nearest.png";
  static final String LEVELS = "levels.png";

  /** The name of the files of sampled codes. */
  static final String CODES = "samples";

  private static final int COLUMNS = 10;

  /** The number of images whose sampling is timed. */
  private static final int TIMED = 64;

  /** The seed of the timed samples. */
  private static final long TIMED_SEED = 1;

  private final GenerateRun run;

  SamplesPart(GenerateRun run) {
    this.run = run;
  }

  GenerateMetrics.Samples run() throws IOException {
    List<Path> files =
        IntStream.range(0, run.options().levels)
            .mapToObj(level -> run.folder().file(run.name("prior", level) + PriorPart.EXTENSION))
            .toList();
    try (ImageCodes model =
            ImageCodes.load(run.folder().file(Training.MODEL), run.options().levels);
        CodePriors priors = CodePriors.load(files)) {
      ImageCodes coder = model.withContrastOf(run.sets().train());
      double first = timed(coder, priors);
      double second = timed(coder, priors);
      List<Codes> codes = samples(priors);
      Images samples = coder.decode(codes);
      Images shown = shown(samples);
      run.write(SAMPLES, samplesGrid(shown)::write);
      Completions completions = new Completions(coder, priors, run.sampling().sampling());
      Dataset test = run.sets().test();
      int[] chosen = ReconstructionGrid.choose(test, COLUMNS);
      run.write(
          COMPLETIONS,
          completions.grid(test.select(chosen), classes(test, chosen), run.options().seed)::write);
      List<GenerateMetrics.Levels> levels = new ArrayList<>();
      if (model.model() instanceof VqVae2 two) {
        TwoLevels both = new TwoLevels(two);
        run.write(LEVELS, both.grid(Images.from(test, chosen))::write);
        levels.add(both.errors(test));
      }
      run.interruption().check();
      NearestImages ofSamples = NearestImages.of(shown, run.sets().train());
      Images others = Images.from(Spread.of(test, shown.size()));
      NearestImages ofOthers = NearestImages.of(others, run.sets().train());
      run.write(NEAREST, ofSamples.grid(COLUMNS)::write);
      return new GenerateMetrics.Samples(
          samples.size(),
          first,
          second,
          ofSamples.medianDistance(),
          ofOthers.medianDistance(),
          levels,
          recognition(codes, samples, coder));
    }
  }

  /** Compares digits as decoded, and with the contrast of training images. */
  private List<GenerateMetrics.Recognition> recognition(
      List<Codes> codes, Images samples, ImageCodes coder) {
    Optional<int[]> labels = codes.get(0).labels();
    if (labels.isEmpty() || !Recognition.fits(run.sets())) {
      return List.of();
    }
    try (Recognition recognition = new Recognition(run.sets().test(), run.options().seed)) {
      return recognition.isAccurate()
          ? List.of(
              recognition.of("restored contrast", samples, labels.get()),
              recognition.of("as decoded", coder.decodeOnly(codes), labels.get()))
          : List.of();
    }
  }

  /** Returns the time in seconds to sample and decode images. */
  private double timed(ImageCodes coder, CodePriors priors) {
    run.interruption().check();
    long start = System.nanoTime();
    int classes = run.sets().classes();
    int[] labels = IntStream.range(0, TIMED).map(i -> i % Math.max(1, classes)).toArray();
    Condition condition = classes == 0 ? Condition.NONE : Condition.labels(labels);
    coder.decode(priors.sample(TIMED, condition, Sampling.DEFAULT, TIMED_SEED));
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Returns the codes of all samples, one class after the other. They are kept in files. */
  private List<Codes> samples(CodePriors priors) throws IOException {
    int levels = run.options().levels;
    if (Files.exists(run.folder().file(run.name(CODES, levels - 1) + CodesPart.EXTENSION))) {
      List<Codes> codes = new ArrayList<>();
      for (int level = 0; level < levels; level++) {
        codes.add(run.readCodes(CODES, level));
      }
      return codes;
    }
    List<List<Codes>> ofClasses = new ArrayList<>();
    int classes = Math.max(1, run.sets().classes());
    int each = run.sampling().samples;
    for (int label = 0; label < classes; label++) {
      run.interruption().check();
      Condition condition = run.sets().classes() == 0 ? Condition.NONE : Condition.label(label);
      long seed = Rng.at(run.options().seed, label).nextLong();
      ofClasses.add(priors.sample(each, condition, run.sampling().sampling(), seed));
    }
    List<Codes> all = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      int level = i;
      Codes codes =
          Codes.concat(ofClasses.stream().map(part -> part.get(level)).toArray(Codes[]::new));
      run.write(run.name(CODES, level) + CodesPart.EXTENSION, codes::write);
      all.add(codes);
    }
    return all;
  }

  /** Returns the first samples of each class; without classes, as many as with ten. */
  private Images shown(Images samples) {
    int classes = run.sets().classes();
    int each = run.sampling().samples;
    int[] indices =
        classes == 0
            ? IntStream.range(0, Math.min(each, COLUMNS * COLUMNS)).toArray()
            : IntStream.range(0, classes)
                .flatMap(c -> IntStream.range(c * each, c * each + Math.min(each, COLUMNS)))
                .toArray();
    return Images.from(samples, indices);
  }

  /** Returns a grid with one row for each class; without classes, of ten columns. */
  private ImageGrid samplesGrid(Images shown) {
    ImageGrid grid = new ImageGrid();
    int classes = run.sets().classes();
    if (classes == 0) {
      return grid.rows(shown, COLUMNS);
    }
    int each = shown.size() / classes;
    for (int label = 0; label < classes; label++) {
      int first = label * each;
      int[] row = IntStream.range(first, first + each).toArray();
      grid.row("class " + label, Images.from(shown, row));
    }
    return grid;
  }

  private Condition classes(Dataset images, int... chosen) {
    return run.sets().classes() == 0
        ? Condition.NONE
        : Condition.labels(IntStream.of(chosen).map(images::label).toArray());
  }
}
