package io.github.vqvae4j.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CountsTest {
  @Test
  void onlyOneIsSingular() {
    assertEquals("0 images", Counts.of(0, "image"));
    assertEquals("1 image", Counts.of(1, "image"));
    assertEquals("2 images", Counts.of(2, "image"));
    assertEquals("1 file is", Counts.of(1, "file is", "files are"));
    assertEquals("21 files are", Counts.of(21, "file is", "files are"));
  }
}
