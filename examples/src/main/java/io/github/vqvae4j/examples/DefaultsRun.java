package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.model.vqvae.Recipe;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.RunFolder;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains the network of a recipe with the recipe's settings and with the library's defaults, for
 * each seed, and compares their errors on test images. The defaults are those of {@link
 * VectorQuantizer#ema} and {@link Trainer}, for the same number of steps; only K, D and the network
 * are the recipe's.
 */
final class DefaultsRun {
  /** The fewest steps for which there is something to compare. */
  static final int MIN_STEPS = FewestCodes.FIRST_STEP;

  private static final int EVALUATIONS = 5;
  private static final int TEST_IMAGES = 2_000;

  private final Recipe recipe;
  private final Dataset train;
  private final Dataset test;
  private final int steps;
  private final OutputFolder folder;
  private final Interruption interruption;
  private final PrintWriter out;

  DefaultsRun(
      Recipe recipe,
      ImageSets images,
      int steps,
      OutputFolder folder,
      Interruption interruption,
      PrintWriter out) {
    this.recipe = recipe;
    train = images.train();
    test = images.test().range(0, Math.min(TEST_IMAGES, images.test().size()));
    this.steps = steps;
    this.folder = folder;
    this.interruption = interruption;
    this.out = out;
  }

  void run(List<Long> seeds) throws IOException {
    List<DefaultsCurve> published = new ArrayList<>();
    List<DefaultsCurve> defaults = new ArrayList<>();
    for (long seed : seeds) {
      VqVae original = recipe.model().seed(seed).build();
      published.add(
          train(recipe.toString(), recipe.trainer(original).steps(steps), original, seed));
      VqVae model = recipe.model().quantizer(defaultsOf(original.quantizer())).seed(seed).build();
      defaults.add(train("defaults", Trainer.of(model).steps(steps), model, seed));
    }
    String table = DefaultsTable.of(recipe.toString(), published, defaults);
    out.printf("%n%s%n", table);
    byte[] text = table.getBytes(StandardCharsets.UTF_8);
    folder.write("defaults.md", file -> AtomicFile.write(file, bytes -> bytes.write(text)));
    out.println(folder.displayPath());
    out.printf("  %-28s this table%n", "defaults.md");
    out.printf("  %-28s the model and metrics of each run%n", "<time>-*-seed-*/");
  }

  private static Quantizer.Config defaultsOf(Quantizer published) {
    return VectorQuantizer.ema(published.codebookSize(), published.dimension());
  }

  private DefaultsCurve train(String name, Trainer<ImageBatch> trainer, VqVae model, long seed)
      throws IOException {
    out.printf("%s, seed %d: %d steps%n", name, seed, steps);
    FewestCodes codes = new FewestCodes();
    try (model) {
      folder.requireSpaceFor(model);
      RunFolder record = RunFolder.create(folder.path(), name + "-seed-" + seed);
      trainer.seed(seed).evaluate(test, Math.max(1, steps / EVALUATIONS)).listener(codes);
      return DefaultsCurve.of(seed, interruption.train(trainer, train, record, model), codes);
    }
  }
}
