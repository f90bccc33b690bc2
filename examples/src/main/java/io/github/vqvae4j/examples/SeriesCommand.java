package io.github.vqvae4j.examples;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.IgnoredPath;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.series.ChannelScale;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.SeriesTiles;
import io.github.vqvae4j.data.series.WavFiles;
import io.github.vqvae4j.examples.Alarms.Alarm;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CodebookMonitor;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a VQ-VAE on normal time series and detects faults in another. */
@Command(
    name = "series",
    description =
        "Trains a VQ-VAE on time series, from simulated machine sensors or your own files, and"
            + " detects faults.",
    footerHeading = "%nExample (half a minute on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"series\"")
final class SeriesCommand implements Callable<Integer> {
  static final String MODEL = "model.safetensors";
  static final String SCALE = "scale.json";
  static final String DETECTOR = "detector.json";
  static final String OVERVIEW = "series.png";
  static final String DETAILS = "details.png";
  static final String AUDIO = "reconstruction.wav";

  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "FILE|DIR",
      description =
          "A WAV file, a folder of WAV files, or a CSV file with one column per channel. The first"
              + " 60 %% of each series is the training data, the next 20 %% determines the"
              + " threshold; both must be normal. The rest of the last series is searched for"
              + " faults. Default: generated signals of four sensors.")
  private Path data;

  @Mixin private CsvOptions csv;

  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "1000",
      description = "Number of training steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--window",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "512",
      description = "Window length in samples, a multiple of 8. Default: ${DEFAULT-VALUE}.")
  private int window;

  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      defaultValue = "512",
      description = "Codebook size. Default: ${DEFAULT-VALUE}.")
  private int codes;

  @Option(
      names = "--false-positives",
      paramLabel = "X",
      converter = PositiveDouble.class,
      defaultValue = "0.01",
      description =
          "Maximum false-positive rate: the fraction of normal windows that may be flagged."
              + " Default: ${DEFAULT-VALUE}.")
  private double falsePositives;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Random seed. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Output folder. Default: a new folder runs/<time>-series.")
  private Path output;

  @Mixin private ResumeOption resume;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    SeriesInput input = data == null ? SeriesInput.generated(seed) : SeriesInput.of(data, csv);
    ChannelScale scale = ChannelScale.of(input.train());
    requireEnough(input);
    try (VqVae model = model(input.channels().size());
        OutputFolder folder = OutputFolder.of(resume, output, spec.name());
        Interruption interruption = new Interruption(folder, out)) {
      out.printf(
          "%s: searching for faults in %s%nResults will be written to %s%n",
          input.files().get(input.files().size() - 1), input.test(), FileNames.path(folder.path()));
      if (!input.ignored().isEmpty()) {
        out.printf("ignored: %s%n", IgnoredPath.summary(input.ignored()));
      }
      folder.requireSpaceFor(model);
      RunOptions saved = RunOptions.of(spec.commandLine().getParseResult());
      train(saved, model, scale, input, folder, interruption, out);
      detect(model, scale, input, folder, out);
      saved.finish(folder);
      return Main.SUCCESS;
    } catch (Interruption.StoppedException e) {
      return Main.STOPPED;
    }
  }

  /** Fails before training if there are too few held-out windows to choose a threshold. */
  private void requireEnough(SeriesInput input) {
    List<Series> heldOut = input.heldOut();
    long min = (long) Math.ceil(1 / falsePositives - 1 - 1e-9);
    long windows = 0;
    for (int i = 0; i < heldOut.size(); i++) {
      if (heldOut.get(i).length() < 2 * window) {
        throw tooShort(input.files().get(i), heldOut.get(i).toString(), min);
      }
      windows += heldOut.get(i).length() / window - 1L;
    }
    if (windows < min) {
      String got =
          heldOut.size() == 1
              ? heldOut.get(0).toString()
              : Counts.of(windows, "window") + " in " + heldOut.size() + " files";
      throw tooShort(input.name(), got, min);
    }
  }

  private IllegalArgumentException tooShort(String source, String got, long min) {
    return new IllegalArgumentException(
        String.format(
            "%1$s: expected at least %3$s of length 2 x --window in the held-out data (the next"
                + " 20 %%), one starting every %4$s, for --false-positives %5$s, got %2$s; use more"
                + " data, a shorter --window, or a larger --false-positives",
            source, got, Counts.of(min, "window"), Counts.of(window, "sample"), falsePositives));
  }

  private VqVae model(int channels) {
    return VqVae.builder()
        .encoder(SeriesEncoder.channels(channels).hidden(64).downsample(3).residual(3, 32))
        .quantizer(VectorQuantizer.ema(codes, 64))
        .decoder(SeriesDecoder.channels(channels).hidden(64).upsample(3).residual(3, 32))
        .seed(seed)
        .build();
  }

  private Dataset windows(List<Series> series, ChannelScale scale, int hop) {
    return Series.windows(series.stream().map(scale::apply).toList(), window, hop);
  }

  /**
   * Returns windows of the same length as the tiles used for detection: a window with a margin of
   * half a window on each side.
   */
  private Dataset calibrationWindows(List<Series> series, ChannelScale scale) {
    return Series.windows(series.stream().map(scale::apply).toList(), 2 * window, window);
  }

  private void train(
      RunOptions saved,
      VqVae model,
      ChannelScale scale,
      SeriesInput input,
      OutputFolder folder,
      Interruption interruption,
      PrintWriter out)
      throws IOException {
    RunFolder record = resume.files(folder);
    Trainer<ImageBatch> trainer =
        resume.folder().isPresent()
            ? resume.trainer(model)
            : Trainer.of(model).optimizer(Adam.rate(1e-3)).batch(16).steps(steps).seed(seed);
    trainer
        .listener(new AfterFirstStep(folder, SCALE, scale::save))
        .listener(new AfterFirstStep(folder, RunOptions.FILE, saved::write))
        .listener(new CodebookMonitor());
    Dataset windows = windows(input.train(), scale, Math.max(1, window / 8));
    interruption.train(trainer, windows, record, model);
    Evaluation heldOut = Evaluation.of(model, windows(input.heldOut(), scale, window));
    out.printf(
        Locale.ROOT,
        "%nheld-out: normalized MSE %.4f, %s%n",
        heldOut.metric(ImageModel.NORMALIZED_MSE),
        heldOut.usage().get(0).usage());
  }

  private void detect(
      VqVae model, ChannelScale scale, SeriesInput input, OutputFolder folder, PrintWriter out)
      throws IOException {
    AnomalyDetector detector =
        AnomalyDetector.calibrate(
            model,
            calibrationWindows(input.heldOut(), scale),
            AnomalyConfig.falsePositiveRate(falsePositives).smoothing(31).border(window / 2));
    SeriesTiles tiles = SeriesTiles.of(scale.apply(input.test()), 2 * window, window / 2);
    Series reconstruction = scale.invert(tiles.join(model.reconstruct(tiles)));
    Series score = tiles.join(detector.heatMap(tiles));
    List<Alarm> alarms = Alarms.of(score, detector.heatThreshold(), window / 8);
    out.printf(Locale.ROOT, "threshold %.2f%n%n", detector.heatThreshold());
    out.println(
        input.faults().isEmpty()
            ? Alarms.table(alarms, score.length(), input.time())
            : FaultTable.of(score, input.faults(), alarms));

    SeriesPlots plots =
        new SeriesPlots(input, reconstruction, score, detector.heatThreshold(), alarms);
    folder.write(MODEL, model::save);
    folder.write(DETECTOR, detector::save);
    folder.write(OVERVIEW, plots::writeOverview);
    folder.write(DETAILS, plots::writeDetails);
    out.printf("%n%s%n", folder.displayPath());
    out.printf("  %-20s all channels and the score with its threshold%n", OVERVIEW);
    out.printf("  %-20s faults in detail, with their reconstructions%n", DETAILS);
    if (input.sound()) {
      folder.write(AUDIO, file -> WavFiles.write(reconstruction, file));
      out.printf("  %-20s the reconstructed audio%n", AUDIO);
    }
    out.printf("  %-20s the trained model; load it with %s and %s%n", MODEL, SCALE, DETECTOR);
  }
}
