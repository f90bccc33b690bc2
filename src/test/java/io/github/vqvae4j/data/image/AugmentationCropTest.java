package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Crops read only their rectangle, and are the crops of the whole image. */
@Timeout(60)
class AugmentationCropTest {
  private static final long SEED = 21;

  private static final List<Augmentation> AUGMENTATIONS =
      List.of(
          Augmentation.NONE,
          Augmentation.NONE.flip(true),
          Augmentation.NONE.padding(9),
          Augmentation.NONE.crop(4, 3),
          Augmentation.NONE.crop(4, 3).flip(true),
          Augmentation.NONE.crop(2, 5).padding(9).flip(true),
          Augmentation.NONE.crop(1, 1).padding(9),
          Augmentation.NONE.crop(7, 9).padding(1));

  private static float[] values(int length) {
    Random random = new Random(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  @Test
  void cropsArePixelsOfTheWholeImage() {
    for (int channels : new int[] {1, 3}) {
      Images data = Images.of(values(2 * 7 * 9 * channels), 2, 7, 9, channels);
      for (Augmentation augmentation : AUGMENTATIONS) {
        Dataset crops = data.augmented(augmentation, SEED);
        for (int epoch = 0; epoch < 60; epoch++) {
          for (int i = 0; i < 2; i++) {
            float[] actual = new float[crops.imageLength()];
            crops.image(i, epoch, actual, 0);
            assertArrayEquals(crop(data, augmentation, i, epoch), actual, augmentation.toString());
          }
        }
      }
    }
  }

  /** The definition: pixels of the image, with the border repeated, from the position drawn on. */
  private static float[] crop(Images data, Augmentation augmentation, int index, long epoch) {
    int height = augmentation.height() == 0 ? data.height() : augmentation.height();
    int width = augmentation.width() == 0 ? data.width() : augmentation.width();
    int padding = augmentation.padding();
    Rng position = Rng.at(SEED, RngStream.AUGMENTATION, epoch, index, 0);
    int top = position.nextInt(data.height() - height + 2 * padding + 1) - padding;
    int left = position.nextInt(data.width() - width + 2 * padding + 1) - padding;
    boolean flip =
        augmentation.flip() && Rng.at(SEED, RngStream.AUGMENTATION, epoch, index, 1).nextBoolean();
    float[] crop = new float[height * width * data.channels()];
    int next = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int row = Math.max(0, Math.min(data.height() - 1, top + y));
        int column = Math.max(0, Math.min(data.width() - 1, left + (flip ? width - 1 - x : x)));
        for (int c = 0; c < data.channels(); c++) {
          crop[next++] = data.pixel(index, row, column, c);
        }
      }
    }
    return crop;
  }

  /** A source that counts the pixels that are read. */
  private static final class Counting implements Dataset {
    private long read;

    @Override
    public int size() {
      return 1;
    }

    @Override
    public int height() {
      return 50;
    }

    @Override
    public int width() {
      return 40;
    }

    @Override
    public int channels() {
      return 3;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      read += 50 * 40;
    }

    @Override
    public void rectangle(
        int index,
        long epoch,
        int row,
        int column,
        int height,
        int width,
        float[] target,
        int offset) {
      read += (long) height * width;
    }

    @Override
    public int label(int index) {
      Checks.index(index, 1);
      return -1;
    }
  }

  @Test
  void onlyTheRectangleIsRead() {
    Augmentation all =
        Augmentation.NONE.crop(8, 6).padding(3).flip(true).brightness(0.2).contrast(0.2);
    Counting source = new Counting();
    Dataset crops = source.repeat(100).augmented(all, 4);
    for (int i = 0; i < 100; i++) {
      crops.image(i, 2, new float[144], 0);
    }
    assertTrue(source.read <= 100 * 48 && source.read > 100 * 30, () -> "read " + source.read);

    source.read = 0;
    crops.image(7, new float[144], 0);
    assertEquals(48, source.read);
    crops.tiles(2, 2).image(0, new float[12], 0);
    assertEquals(48 + 4, source.read);
  }
}
