package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

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

  /** Prints the peak of resident memory in MB after each call. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      Dataset photograph =
          new Photograph(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
      try (VqVae model =
          VqVae.builder()
              .encoder(ConvEncoder.channels(3).hidden(32).downsample(2).residual(2, 8))
              .quantizer(VectorQuantizer.ema(64, 8))
              .decoder(ConvDecoder.channels(3).hidden(32).upsample(2).residual(2, 8))
              .build()) {
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

  private static void assertFits(int height, int width, String heap, long megabytes)
      throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx" + heap)
            .run(Program.class, String.valueOf(height), String.valueOf(width));
    List<String> lines = result.linesWith("MB=");
    assertEquals(3, lines.size(), result::toString);
    String last = lines.get(2);
    long peak = Long.parseLong(last.substring(last.indexOf('=') + 1));
    assertTrue(peak <= megabytes, result::toString);
  }

  /** The result, 72 MB, does not fit into the heap twice; a pass on the whole takes 3 GB. */
  @Test
  void aPhotographOfSixMegapixelsFitsIntoSmallMemory() throws Exception {
    assertFits(2000, 3000, "160m", 640);
  }

  @Test
  @EnabledIfSystemProperty(
      named = "vqvae4j.large",
      matches = "true",
      disabledReason = "takes minutes; -Dvqvae4j.large=true runs it")
  void aPhotographOfTwentyFourMegapixelsFitsIntoOneGigabyte() throws Exception {
    assertFits(4000, 6000, "512m", 1024);
  }
}
