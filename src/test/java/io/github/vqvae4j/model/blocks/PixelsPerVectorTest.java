package io.github.vqvae4j.model.blocks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Decoder#pixelsPerVector} of each decoder. */
class PixelsPerVectorTest {
  static Stream<Decoder.Config> decoders() {
    return Stream.of(
        ConvDecoder.channels(3).hidden(8).upsample(0),
        ConvDecoder.channels(1).hidden(8).upsample(2),
        ConvDecoder.channels(1).hidden(8).upsample(4),
        StridedDecoder.channels(1).widths(6, 4),
        StridedDecoder.channels(2).widths(6),
        SeriesDecoder.channels(1).hidden(8).upsample(3),
        SeriesDecoder.channels(2).hidden(8).upsample(0));
  }

  @ParameterizedTest
  @MethodSource("decoders")
  void matchesTheOutputSize(Decoder.Config config) {
    try (Decoder decoder = config.build(5, new Rng(1));
        Step step = Step.inference()) {
      Tensor latents = step.tensor(new float[2 * 3 * 5], 2, 1, 3, 5);
      long[] images = decoder.forward(latents).shape();
      assertEquals(images[1] * images[2], 3L * decoder.pixelsPerVector());
    }
  }
}
