package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codebooks;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Any quantizer can be trained from the command line, saved and resumed. */
class QuantizerOptionTest {
  @TempDir private Path folder;

  private Run mnist(String... more) {
    String[] all = new String[more.length + 4];
    System.arraycopy(
        new String[] {"mnist", "--hidden=4", "--dimension=8", "--output=" + folder}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    return Run.of(all);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "ema:16 16",
        "gradient:16 16",
        "cosine:16 16",
        "rotation:16 16",
        "diveq:16 16",
        "affine:16 16",
        "cvq:16 16",
        "simvq:32 32",
        "ibq:32 32",
        "fsq:4,3,3 36",
        "lfq:5 32",
        "bsq:5 32",
      })
  void oneCodebook(String quantizer, int size) throws Exception {
    mnist("--steps=2", "--quantizer=" + quantizer).succeeded();
    assertCodebooks(Codebooks.of(size));
  }

  @Test
  void severalCodebooksAndResuming() throws Exception {
    mnist("--steps=2", "--quantizer=residual:3x16").succeeded();
    assertCodebooks(Codebooks.residual(16, 16, 16));
    Run resumed = Run.of("mnist", "--resume=" + folder, "--steps=3").succeeded();
    assertTrue(resumed.out().contains("3 steps"), resumed::out);
    assertCodebooks(Codebooks.residual(16, 16, 16));
  }

  @Test
  void groups() throws Exception {
    mnist("--steps=2", "--quantizer=grouped:4x16").succeeded();
    assertCodebooks(Codebooks.grouped(16, 16, 16, 16));
  }

  private void assertCodebooks(Codebooks expected) throws Exception {
    try (VqVae model = VqVae.load(folder.resolve("model.safetensors"))) {
      assertEquals(expected, model.quantizer().codebooks());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rvq:8 | expected one of [ema:512, gradient:512,",
        "fsq | expected fsq:8,5,5,5 or other numbers, got 'fsq'",
        "fsq:8;5 | expected fsq:8,5,5,5 or other numbers",
        "lfq:3,3 | expected lfq:512 or other numbers",
        "residual:8 | expected residual:8x1024 or other numbers",
        "ema:99999999999 | expected numbers of at most 2147483647",
        "grouped:3x16 | expected a number of groups that divides --dimension 8, got 3",
        "fsq:1,3 | FiniteScalarQuantizerConfig.levels[0]: expected a level from 2 to 1000, got 1",
        "lfq:31 | LookupFreeQuantizerConfig.bits: expected",
        "ema:0 | VectorQuantizerConfig.codebookSize: expected K of at least 1, got 0",
      })
  void wrongSizesAreExplained(String quantizer, String expected) {
    Run run = mnist("--steps=2", "--quantizer=" + quantizer);
    assertTrue(run.err().contains(expected), run::err);
  }
}
