package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the defaults, the codebook does not collapse after its initialization by k-means. */
class CodesInUseTest {
  private static final int CODES = 512;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 42})
  void eachBatchOfDigitsUsesATenthOfTheCodesFromStepFiftyOn(long seed) throws IOException {
    FewestCodes codes = new FewestCodes();
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(32).downsample(2))
            .quantizer(VectorQuantizer.ema(CODES, 64))
            .decoder(ConvDecoder.channels(1).hidden(32).upsample(2))
            .seed(seed)
            .build()) {
      Trainer.of(model)
          .steps(150)
          .seed(seed)
          .listener(codes)
          .quiet()
          .fit(BundledDigits.read().train());
    }
    assertTrue(codes.count() >= CODES / 10, codes.count() + " codes");
  }
}
