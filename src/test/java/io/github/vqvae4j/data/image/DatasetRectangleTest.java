package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.series.Series;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatasetRectangleTest {
  private static final int GUARD = 2;

  @TempDir Path folder;

  /** Images of odd sizes with 1 and 3 channels: of all kinds, and views of them. */
  private List<Dataset> datasets() throws Exception {
    List<Dataset> all = new ArrayList<>();
    for (int channels : new int[] {1, 3}) {
      Random random = new Random(channels);
      byte[] bytes = new byte[4 * 7 * 5 * channels];
      random.nextBytes(bytes);
      Dataset held = ByteImages.of(bytes, 4, 7, 5, channels);
      Path files = folder.resolve("channels-" + channels);
      Images images = Images.from(held);
      for (int i = 0; i < 4; i++) {
        Images.write(images.image(i), files.resolve(i + ".png"));
      }
      ImageFolderConfig config = ImageFolderConfig.of(7, 5);
      ImageFolderConfig gray = channels == 1 ? config.gray() : config;
      all.add(held);
      all.add(images);
      all.add(new FloatDataset(images.pixels(), 4, 7, 5, channels));
      all.add(held.range(1, 3));
      all.add(images.select(3, 0, 3));
      all.add(held.augmented(Augmentation.NONE.flip(true).brightness(0.3).contrast(0.3), 5));
      all.add(images.augmented(Augmentation.NONE.crop(5, 4).padding(2), 6).range(1, 4));
      all.add(ImageFolder.in(files, gray));
      all.add(ImageFolder.in(files, gray.streamed(true)));
    }
    all.add(Series.windows(List.of(Series.of(samples(23), 1, 0)), 9, 4));
    return all;
  }

  private static float[] samples(int length) {
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = i - 7;
    }
    return samples;
  }

  @Test
  void everyRectangleContainsThePixelsOfTheImage() throws Exception {
    for (Dataset data : datasets()) {
      for (int index = 0; index < data.size(); index++) {
        float[] image = new float[data.imageLength()];
        data.image(index, image, 0);
        float[] varied = new float[data.imageLength()];
        data.image(index, 3, varied, 0);
        for (int row = 0; row < data.height(); row++) {
          for (int column = 0; column < data.width(); column++) {
            for (int height = 1; height <= data.height() - row; height++) {
              for (int width = 1; width <= data.width() - column; width++) {
                int length = height * width * data.channels();
                float[] target = new float[length + 2 * GUARD];
                data.rectangle(index, row, column, height, width, target, GUARD);
                assertArrayEquals(
                    expected(data, image, row, column, height, width), target, data.toString());
                Arrays.fill(target, 0);
                data.rectangle(index, 3, row, column, height, width, target, GUARD);
                assertArrayEquals(
                    expected(data, varied, row, column, height, width), target, data.toString());
              }
            }
          }
        }
      }
    }
  }

  private static float[] expected(
      Dataset data, float[] image, int row, int column, int height, int width) {
    int channels = data.channels();
    float[] expected = new float[height * width * channels + 2 * GUARD];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          expected[GUARD + (y * width + x) * channels + c] =
              image[((row + y) * data.width() + column + x) * channels + c];
        }
      }
    }
    return expected;
  }

  @Test
  void rectanglesOutsideAndIndicesOutOfRangeAreRejected() throws Exception {
    int[][] outside = {
      {-1, 0, 1, 1},
      {0, -1, 1, 1},
      {0, 0, 0, 1},
      {0, 0, 1, 0},
      {0, 0, 8, 1},
      {7, 0, 1, 1},
      {0, 9, 1, 1},
      {0, 0, 1, 10},
      {1, 0, 7, 1},
      {0, 3, 1, 7},
      {Integer.MAX_VALUE, 0, 2, 1},
      {0, 2, 1, Integer.MAX_VALUE}
    };
    float[] target = new float[200];
    for (Dataset data : datasets()) {
      for (int[] at : outside) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class,
                () -> data.rectangle(0, at[0], at[1], at[2], at[3], target, 0)),
            "got a rectangle of " + at[2] + " x " + at[3] + " pixels",
            "from row " + at[0] + " and column " + at[1],
            "inside the images of " + data.height() + " x " + data.width(),
            "correct its position or size");
        assertThrows(
            IllegalArgumentException.class,
            () -> data.rectangle(0, 1, at[0], at[1], at[2], at[3], target, 0));
      }
      for (int index : new int[] {-1, data.size()}) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class, () -> data.rectangle(index, 0, 0, 1, 1, target, 0)),
            "got image index " + index);
        assertThrows(
            IllegalArgumentException.class, () -> data.rectangle(index, 1, 0, 0, 1, 1, target, 0));
      }
    }
  }
}
