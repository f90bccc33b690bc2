package io.github.vqvae4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

  @Test
  void givesThePublishedNumbers() {
    SplitMix64 random = new SplitMix64(1234567);
    String[] published = {
      "6457827717110365317",
      "3203168211198807973",
      "9817491932198370423",
      "4593380528125082431",
      "16408922859458223821"
    };
    for (String number : published) {
      assertEquals(number, Long.toUnsignedString(random.nextLong()));
    }
    assertEquals(0xE220A8397B1DCDAFL, new SplitMix64(0).nextLong());
  }

  @Test
  void agreesWithTheJdkOfToday() {
    SplittableRandom reference = new SplittableRandom(42);
    SplitMix64 random = new SplitMix64(42);
    for (int i = 0; i < 1000; i++) {
      assertEquals(reference.nextLong(), random.nextLong());
    }
  }

  @Test
  void boundedNumbersAreEquallyLikely() {
    SplitMix64 random = new SplitMix64(7, 3);
    int[] counts = new int[6];
    for (int i = 0; i < 60_000; i++) {
      counts[random.nextInt(6)]++;
    }
    for (int count : counts) {
      assertTrue(Math.abs(count - 10_000) < 500, "count " + count);
    }
    for (int bound : new int[] {1, Integer.MAX_VALUE, (1 << 30) + 1}) {
      int number = random.nextInt(bound);
      assertTrue(number >= 0 && number < bound);
    }
  }

  @Test
  void streamsOfASeedDoNotFollowOneAnother() {
    assertNotEquals(new SplitMix64(0, 1).nextLong(), new SplitMix64(1, 0).nextLong());
    SplitMix64 first = new SplitMix64(5, 0);
    first.nextLong();
    assertNotEquals(first.nextLong(), new SplitMix64(5, 1).nextLong());
  }

  @Test
  void theOrderOfImagesNeverChanges() {
    // Written down once: if this fails, resumed runs would see other batches than before.
    BatchOrder order = BatchOrder.shuffled(10, 10, 42);
    assertArrayEquals(new int[] {9, 6, 2, 5, 0, 8, 4, 3, 1, 7}, order.batch(0));
    assertArrayEquals(new int[] {2, 8, 0, 5, 6, 4, 7, 9, 1, 3}, order.batch(7));
  }
}
