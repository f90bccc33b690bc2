package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ImageMean;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.GroupNorm;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ChildJvm;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The memory of a process that encodes, decodes and reconstructs a large photograph. */
@Timeout(1_200)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the peak of resident memory is read from /proc")
class LargePhotographTest {
  /** An image whose pixels are computed when they are read, as those of a decoded file. */
  private record Photograph(int height, int width) implements Dataset {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public int channels() {
      return 3;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      rectangle(index, 0, 0, height, width, target, offset);
    }

    @Override
    public void rectangle(
        int index, long epoch, int row, int column, int h, int w, float[] target, int offset) {
      for (int i = 0; i < h * w; i++) {
        int y = row + i / w;
        int x = column + i % w;
        for (int c = 0; c < 3; c++) {
          target[offset + 3 * i + c] = ((y * 31 + x * 17 + (y * x >> 9) + 60 * c) & 255) / 255f;
        }
      }
    }

    @Override
    public int label(int index) {
      return -1;
    }
  }

  /** The models whose memory is measured. */
  private enum Model {
    LOCAL {
      @Override
      VqVae build() {
        return VqVae.builder()
            .encoder(ConvEncoder.channels(3).hidden(32).downsample(2).residual(2, 8))
            .quantizer(VectorQuantizer.ema(64, 8))
            .decoder(ConvDecoder.channels(3).hidden(32).upsample(2).residual(2, 8))
            .build();
      }
    },

    /** It looks at the whole image, so that its latents of 64 dimensions are blended. */
    NORMALIZED {
      @Override
      VqVae build() {
        return VqVae.builder()
            .encoder(new Normalized())
            .quantizer(VectorQuantizer.ema(64, 64))
            .decoder(ConvDecoder.channels(3).hidden(32).upsample(2).residual(2, 8))
            .build();
      }
    };

    abstract VqVae build();
  }

  private static final class Normalized extends Encoder {
    private final Layer layers =
        child(
            "layers",
            Sequential.of(
                new Conv2d(ConvConfig.of(3, 32, 4).stride(4), new Rng(1)),
                new GroupNorm(8, 32),
                new ImageMean(),
                new Conv2d(ConvConfig.of(32, 64, 3).padding(1), new Rng(2))));

    @Override
    protected Tensor compute(Tensor images) {
      return layers.forward(images);
    }
  }

  /** Prints the peak of resident memory in MB after each call. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      Dataset photograph =
          new Photograph(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
      try (VqVae model = Model.valueOf(arguments[2]).build()) {
        Codes codes = model.encode(photograph);
        print("encode " + codes);
        print("decode " + model.decode(codes).height());
        Images reconstruction = model.reconstruct(photograph);
        print("reconstruct " + reconstruction.width());
      }
    }

    private static void print(String call) throws IOException {
      List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
      String peak = status.stream().filter(line -> line.startsWith("VmHWM")).findFirst().get();
      System.out.println(call + " MB=" + Long.parseLong(peak.replaceAll("\\D", "")) / 1024);
    }
  }

  private static void assertFits(Model model, int height, int width, String heap, long megabytes)
      throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx" + heap)
            .run(Program.class, String.valueOf(height), String.valueOf(width), model.name());
    List<String> lines = result.linesWith("MB=");
    assertEquals(3, lines.size(), result::toString);
    String last = lines.get(2);
    long peak = Long.parseLong(last.substring(last.indexOf('=') + 1));
    assertTrue(peak <= megabytes, result::toString);
  }

  /**
   * The result, 72 MB, does not fit into the heap twice, nor with the latents of the whole image,
   * 96 MB if they are blended; a pass on the whole takes 3 GB.
   */
  @ParameterizedTest
  @EnumSource
  void aPhotographOfSixMegapixelsFitsIntoSmallMemory(Model model) throws Exception {
    assertFits(model, 2000, 3000, "160m", 640);
  }

  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(
      named = "vqvae4j.large",
      matches = "true",
      disabledReason = "takes minutes; -Dvqvae4j.large=true runs it")
  void aPhotographOfTwentyFourMegapixelsFitsIntoOneGigabyte(Model model) throws Exception {
    assertFits(model, 4000, 6000, "512m", 1024);
  }
}
