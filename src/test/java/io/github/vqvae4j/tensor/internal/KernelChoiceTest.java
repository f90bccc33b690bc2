package io.github.vqvae4j.tensor.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Selection of kernels by the system property. */
class KernelChoiceTest {
  @Test
  void nd4jCanBeForced() {
    Kernels kernels = KernelChoice.choose("nd4j");
    assertInstanceOf(Nd4jKernels.class, kernels);
    assertEquals("ND4J", kernels.name());
  }

  @Test
  void oneDnnCanBeForced() {
    Kernels kernels = KernelChoice.choose("onednn");
    assertInstanceOf(OneDnnKernels.class, kernels);
    assertTrue(kernels.name().matches("oneDNN \\d+\\.\\d+\\.\\d+"), kernels.name());
  }

  @Test
  void oneDnnIsTheDefault() {
    assertInstanceOf(OneDnnKernels.class, KernelChoice.choose("auto"));
  }

  @Test
  void invalidSettingsAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> KernelChoice.choose("bogus")),
        "vqvae4j.kernels",
        "auto, onednn or nd4j",
        "\"bogus\"");
  }

  @Test
  void theChoiceIsCached() {
    assertSame(KernelChoice.forFloat(), KernelChoice.forFloat());
    assertInstanceOf(Nd4jKernels.class, KernelChoice.forDouble());
  }
}
