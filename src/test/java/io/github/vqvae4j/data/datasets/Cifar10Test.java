package io.github.vqvae4j.data.datasets;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  @Test
  void realCifar10IsRead() throws IOException {
    Path real = RealData.folder("cifar-10-batches-bin");
    Cifar10Data cifar = Cifar10.in(real);
    int batches = 0;
    while (Files.exists(real.resolve("data_batch_" + (batches + 1) + ".bin"))) {
      batches++;
    }
    assertEquals(10_000 * batches + " images [32, 32, 3] with labels", cifar.train().toString());
    assertEquals("10000 images [32, 32, 3] with labels", cifar.test().toString());
    for (int label = 0; label < 10; label++) {
      assertEquals(1000, MnistTest.count(cifar.test(), label));
    }
    List<String> published = Files.readAllLines(real.resolve("batches.meta.txt"));
    assertEquals(published.stream().filter(line -> !line.isBlank()).toList(), cifar.labelNames());
    // The first training image is the well-known frog, whose first pixel is 59, 62, 63.
    assertEquals("frog", cifar.labelNames().get(cifar.train().label(0)));
    float[] image = new float[cifar.train().imageLength()];
    cifar.train().image(0, image, 0);
    assertArrayEquals(new float[] {59 / 255f, 62 / 255f, 63 / 255f}, Arrays.copyOf(image, 3), 0f);
    assertEquals("cat", cifar.labelNames().get(cifar.test().label(0)));
  }

  @Test
  void planesAreConvertedToChannelsLast() throws IOException {
    byte[] record = record(3);
    record[1 + 5] = 10;
    record[1 + 1024 + 5] = 20;
    record[1 + 2048 + 5] = 30;
    Files.write(folder.resolve("data_batch_1.bin"), record);
    Files.write(folder.resolve("test_batch.bin"), record(0));
    float[] image = new float[3072];
    Dataset train = Cifar10.in(folder).train();
    train.image(0, image, 0);
    assertEquals(10 / 255f, image[15]);
    assertEquals(20 / 255f, image[16]);
    assertEquals(30 / 255f, image[17]);
    assertEquals(3, train.label(0));
  }

  @Test
  void existingBatchesAreReadInOrder() throws IOException {
    byte[] two = Arrays.copyOf(record(5), 2 * RECORD);
    two[RECORD] = 6;
    Files.write(folder.resolve("data_batch_4.bin"), two);
    Files.write(folder.resolve("data_batch_2.bin"), record(2));
    Files.write(folder.resolve("test_batch.bin"), record(9));
    Cifar10Data data = Cifar10.in(folder);
    assertEquals(3, data.train().size());
    assertEquals(2, data.train().label(0));
    assertEquals(5, data.train().label(1));
    assertEquals(6, data.train().label(2));
    assertEquals(9, data.test().label(0));
  }

  @Test
  void missingFilesAreListed() throws IOException {
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Cifar10.in(folder.resolve("none"))),
        "there is no such folder",
        "data_batch_1.bin",
        "test_batch.bin",
        "put the binary version of CIFAR-10 there");
    Files.write(folder.resolve("test_batch.bin"), record(0));
    assertMessageContains(
        assertThrows(NoSuchFileException.class, () -> Cifar10.in(folder)),
        "files are missing",
        "one or more of data_batch_1.bin");
  }

  @Test
  void wrongLengthsAreRejected() throws IOException {
    Files.write(folder.resolve("test_batch.bin"), record(0));
    Path batch = folder.resolve("data_batch_1.bin");
    Files.write(batch, new byte[0]);
    rejected(batch.toString(), "got 0 bytes", "multiple of 3073", "download it again");
    Files.write(batch, new byte[RECORD + 1]);
    rejected(batch.toString(), "got 3074 bytes", "multiple of 3073", "truncated");
  }

  @Test
  void wrongLabelsAreRejected() throws IOException {
    Files.write(folder.resolve("test_batch.bin"), record(0));
    byte[] two = Arrays.copyOf(record(5), 2 * RECORD);
    two[RECORD] = (byte) 200;
    Path batch = Files.write(folder.resolve("data_batch_1.bin"), two);
    rejected(
        batch + ": record 1 (byte 3073)", "got label 200", "expected 0 to 9", "download it again");
  }

  private void rejected(String... parts) {
    assertMessageContains(assertThrows(BadFileException.class, () -> Cifar10.in(folder)), parts);
  }

  private static byte[] record(int label) {
    byte[] record = new byte[RECORD];
    record[0] = (byte) label;
    return record;
  }
}
