package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.Batches;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pieces of streamed images: those of one image are cut from pixels that are decoded once. */
@Timeout(60)
class StreamedPiecesTest {
  private static final int COUNT = 5;

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    byte[] bytes = new byte[COUNT * 33 * 21 * 3];
    new Random(2).nextBytes(bytes);
    Images images = Images.from(ByteImages.of(bytes, COUNT, 33, 21, 3));
    for (int i = 0; i < COUNT; i++) {
      Images.write(images.image(i), file(i));
    }
  }

  private Path file(int i) {
    return folder.resolve(i + ".png");
  }

  private ImageFolder photos(boolean streamed) throws IOException {
    return ImageFolder.in(folder, ImageFolderConfig.of(33, 21).streamed(streamed));
  }

  private Dataset pieces(boolean streamed, boolean tiled) throws IOException {
    Augmentation crop = Augmentation.NONE.crop(9, 11).padding(4).flip(true);
    Dataset photos = photos(streamed);
    return tiled ? photos.tiles(8, 5) : photos.repeat(12).augmented(crop, 1);
  }

  @Test
  void piecesEqualThoseOfImagesInMemory() throws IOException {
    for (boolean tiled : new boolean[] {true, false}) {
      try (Batches<ImageBatch> held = Batches.shuffled(pieces(false, tiled), 7, 3);
          Batches<ImageBatch> streamed = Batches.shuffled(pieces(true, tiled), 7, 3)) {
        for (int i = 0; i < 20; i++) {
          assertArrayEquals(held.next().images(), streamed.next().images());
        }
      }
    }
  }

  @Test
  void smallPiecesOfAnImageShareItsPixels() throws IOException {
    ImageFolder photos = photos(true);
    Dataset tiles = photos.tiles(8, 8);
    float[] first = tiles.pixels(0, 8);
    Files.delete(file(0));
    assertArrayEquals(first, tiles.pixels(0, 8));
    // Whole images and pieces of most of an image are read each time.
    for (Dataset large : List.of(photos, photos.tiles(30, 21, 1, 1))) {
      assertMessageContains(
          assertThrows(UncheckedIOException.class, () -> large.image(0, new float[33 * 21 * 3], 0)),
          "0.png");
    }
  }

  @Test
  void filesThatCannotBeReadAreReadAgainForTheNextPiece() throws IOException {
    Dataset tiles = photos(true).tiles(8, 8);
    byte[] bytes = Files.readAllBytes(file(3));
    Files.write(file(3), new byte[] {1, 2, 3});
    int index = 3 * 8;
    float[] target = new float[192];
    assertMessageContains(
        assertThrows(UncheckedIOException.class, () -> tiles.image(index, target, 0)), "3.png");
    Files.write(file(3), bytes);
    assertArrayEquals(photos(false).tiles(8, 8).pixels(index, index + 1), tiles.pixels(24, 25));
  }

  /** The second thread asks while the first one decodes, which gives it a second to do so. */
  @Test
  void severalThreadsDecodeAnImageOnce() throws Exception {
    DecodedImages decoded = new DecodedImages(10);
    AtomicInteger count = new AtomicInteger();
    CountDownLatch decoding = new CountDownLatch(1);
    CountDownLatch twice = new CountDownLatch(2);
    DecodedImages.Decoder decoder =
        () -> {
          count.incrementAndGet();
          decoding.countDown();
          twice.countDown();
          try {
            assertFalse(twice.await(1, TimeUnit.SECONDS), "two threads decode at once");
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          return new byte[10];
        };
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<byte[]> first = threads.submit(() -> decoded.get(0, decoder));
      decoding.await();
      Future<byte[]> second = threads.submit(() -> decoded.get(0, decoder));
      assertSame(first.get(), second.get());
    } finally {
      threads.shutdownNow();
    }
    assertEquals(1, count.get());
  }

  @Test
  void imagesUsedLeastRecentlyAreDecodedAgain() throws IOException {
    DecodedImages decoded = new DecodedImages(2);
    AtomicInteger count = new AtomicInteger();
    byte[][] images = new byte[3][1];
    int[] uses = {0, 1, 0, 2, 0, 1};
    for (int i : uses) {
      decoded.get(
          i,
          () -> {
            count.incrementAndGet();
            return images[i];
          });
    }
    assertEquals(4, count.get());
  }
}
