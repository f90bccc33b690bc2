package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatasetTilesTest {
  private static final int HEIGHT = 11;
  private static final int WIDTH = 14;

  /** Height, width and strides: overlapping, adjacent, apart, the whole image, single pixels. */
  private static final int[][] TILES = {
    {4, 4, 2, 2},
    {4, 5, 4, 5},
    {3, 2, 5, 7},
    {11, 14, 1, 1},
    {11, 3, 9, 2},
    {1, 1, 1, 1},
    {1, 14, 3, 100}
  };

  /** Three images with labels. */
  private static ByteImages images(int channels) {
    byte[] bytes = new byte[3 * HEIGHT * WIDTH * channels];
    new Random(channels).nextBytes(bytes);
    return ByteImages.of(bytes, 3, HEIGHT, WIDTH, channels).withLabels(new int[] {7, -1, 0});
  }

  @Test
  void tilesAreThePiecesOfEachImageRowByRow() {
    for (int channels : new int[] {1, 3}) {
      Dataset data = images(channels);
      for (int[] size : TILES) {
        Dataset tiles = data.tiles(size[0], size[1], size[2], size[3]);
        List<float[]> expected = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          float[] image = data.pixels(i, i + 1);
          for (int row = 0; row + size[0] <= HEIGHT; row += size[2]) {
            for (int column = 0; column + size[1] <= WIDTH; column += size[3]) {
              expected.add(piece(image, channels, row, column, size[0], size[1]));
              labels.add(data.label(i));
            }
          }
        }
        assertEquals(expected.size(), tiles.size());
        assertEquals(List.of(size[0], size[1], channels), tiles.exampleShape());
        for (int i = 0; i < tiles.size(); i++) {
          assertArrayEquals(expected.get(i), tiles.pixels(i, i + 1));
          assertArrayEquals(expected.get(i), image(tiles, i, 5));
          assertEquals(labels.get(i), tiles.label(i));
        }
      }
    }
  }

  private static float[] piece(
      float[] image, int channels, int row, int column, int height, int width) {
    float[] piece = new float[height * width * channels];
    int next = 0;
    for (int y = row; y < row + height; y++) {
      for (int x = column; x < column + width; x++) {
        for (int c = 0; c < channels; c++) {
          piece[next++] = image[(y * WIDTH + x) * channels + c];
        }
      }
    }
    return piece;
  }

  @Test
  void squareTilesHaveOneStride() {
    Dataset data = images(3);
    Dataset tiles = data.tiles(4, 3);
    assertEquals(3 * 3 * 4, tiles.size());
    assertArrayEquals(data.tiles(4, 4, 3, 3).pixels(0, 36), tiles.pixels(0, 36));
    assertEquals("36 tiles [4, 4, 3] of 3 images [11, 14, 3] with labels", tiles.toString());
    assertTrue(tiles.isThreadSafe());
  }

  @Test
  void tilesOfTilesAndRectanglesOfTilesArePieces() {
    Dataset tiles = images(1).tiles(7, 7).range(0, 2);
    Dataset inner = tiles.tiles(3, 5, 4, 2);
    assertEquals(2 * 2 * 2, inner.size());
    float[] tile = tiles.pixels(1, 2);
    float[] last = inner.pixels(7, 8);
    for (int i = 0; i < 15; i++) {
      assertEquals(tile[(4 + i / 5) * 7 + 2 + i % 5], last[i]);
    }
    // A rectangle must be inside the tile, although the image continues.
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> tiles.rectangle(0, 6, 0, 2, 1, new float[2], 0)),
        "inside the images of 7 x 7");
  }

  @Test
  void tilesOfAugmentedImagesAreAugmented() {
    Dataset varied = images(3).augmented(Augmentation.NONE.flip(true).contrast(0.4).padding(2), 8);
    Dataset tiles = varied.tiles(5, 6);
    for (int epoch = 0; epoch < 5; epoch++) {
      float[] image = image(varied, 1, epoch);
      assertArrayEquals(piece(image, 3, 0, 6, 5, 5), image(tiles, 5, epoch));
    }
    assertArrayEquals(images(3).tiles(5, 6).pixels(0, 12), tiles.pixels(0, 12));
  }

  @Test
  void invalidTilesAreRejected() {
    Dataset data = images(1);
    for (int[] size : new int[][] {{12, 1}, {1, 15}, {0, 3}, {3, 0}, {-1, 3}}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> data.tiles(size[0], size[1], 1, 1)),
          "got tiles of " + size[0] + " x " + size[1] + " pixels",
          "at most the size of the images, 11 x 14",
          "choose another size");
    }
    for (int[] stride : new int[][] {{0, 1}, {1, 0}, {-3, 2}}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> data.tiles(2, 2, stride[0], stride[1])),
          "got strides of " + stride[0] + " and " + stride[1],
          "expected at least 1");
    }
    Dataset many = data.repeat(100_000_000);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> many.tiles(1, 1)),
        "got 46200000000 tiles",
        "at most 2147483647",
        "choose larger strides or fewer images");
    Dataset tiles = data.tiles(4, 4);
    for (int index : new int[] {-1, tiles.size()}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> image(tiles, index, 0)),
          "got image index " + index,
          "less than 18");
      assertThrows(IllegalArgumentException.class, () -> tiles.label(index));
      assertThrows(IllegalArgumentException.class, () -> tiles.image(index, new float[16], 0));
    }
  }

  private static float[] image(Dataset data, int index, long epoch) {
    float[] image = new float[data.imageLength()];
    data.image(index, epoch, image, 0);
    return image;
  }
}
