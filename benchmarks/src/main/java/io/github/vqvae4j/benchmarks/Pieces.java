package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageFolder;
import io.github.vqvae4j.data.image.ImageFolderConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how fast pieces of a few photographs are read. */
@Command(
    name = "pieces",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Reads pieces of 64 x 64 from photographs of 512 x 768 (height x width), in batches of 32 in"
          + " random order, on one thread.",
      "Prints the median, minimum and maximum of the pieces per second in each turn."
    })
final class Pieces implements Callable<Integer> {
  private static final int SIDE = 64;
  private static final int BATCH = 32;

  /** The number of random crops of each photograph per epoch. */
  private static final int CROPS = 100;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "Folder with photographs, such as the Kodak images.")
  private Path data;

  @Option(names = "--turns", description = "Number of turns. Default: ${DEFAULT-VALUE}.")
  private int turns = 5;

  @Option(names = "--seconds", description = "Length of a turn. Default: ${DEFAULT-VALUE}.")
  private double seconds = 3;

  @Override
  public Integer call() throws IOException {
    Augmentation crop = Augmentation.NONE.crop(SIDE, SIDE);
    Augmentation varied = crop.padding(4).flip(true).brightness(0.1).contrast(0.1);
    for (boolean streamed : new boolean[] {false, true}) {
      Dataset photos =
          ImageFolder.in(data, ImageFolderConfig.of(512, 768).streamed(streamed).skipCorrupt(true));
      String kind = streamed ? "streamed, " : "in memory, ";
      measure(kind + "random crops", photos.repeat(CROPS).augmented(crop, 42));
      measure(kind + "varied random crops", photos.repeat(CROPS).augmented(varied, 42));
      measure(kind + "tiles", photos.tiles(SIDE, SIDE / 2));
    }
    return 0;
  }

  private void measure(String name, Dataset pieces) {
    Random random = new Random(1);
    read(pieces, 0, random);
    List<Double> rates = new ArrayList<>();
    for (int turn = 1; turn <= turns; turn++) {
      rates.add(read(pieces, turn, random));
    }
    rates.sort(null);
    System.out.printf(
        Locale.ROOT,
        "%s: %.0f pieces/s (%.0f to %.0f)%n",
        name,
        Timer.median(rates),
        rates.get(0),
        rates.get(turns - 1));
  }

  /** Reads batches for one turn and returns the number of pieces per second. */
  private double read(Dataset pieces, int epoch, Random random) {
    long start = System.nanoTime();
    int[] indices = new int[BATCH];
    int count = 0;
    double elapsed;
    do {
      for (int i = 0; i < BATCH; i++) {
        indices[i] = random.nextInt(pieces.size());
      }
      pieces.atEpoch(epoch).batch(indices);
      count += BATCH;
      elapsed = (System.nanoTime() - start) / 1e9;
    } while (elapsed < seconds);
    return count / elapsed;
  }
}
