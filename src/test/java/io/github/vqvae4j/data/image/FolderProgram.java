package io.github.vqvae4j.data.image;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Opens a folder of images, given as a URI or a path, and prints its labels in ASCII; then writes
 * an image if a second path is given.
 */
final class FolderProgram {
  private FolderProgram() {}

  public static void main(String[] args) {
    open(args[0]);
    if (args.length > 1) {
      try {
        Images.write(Images.of(new float[1], 1, 1, 1, 1), path(args[1]));
        print("written");
      } catch (IOException e) {
        print(e.getMessage());
      }
    }
  }

  private static void open(String where) {
    try {
      ImageFolder images =
          ImageFolder.in(
              path(where), ImageFolderConfig.of(1).gray().streamed(true).skipCorrupt(true));
      print("names " + images.labelNames());
      float[] pixel = new float[1];
      for (int i = 0; i < images.size(); i++) {
        images.image(i, pixel, 0);
        print("image " + Math.round(255 * pixel[0]) + " label " + images.label(i));
      }
      images.skipped().forEach(skipped -> print("skipped " + skipped.reason()));
    } catch (IOException e) {
      print(e.getClass().getSimpleName() + " " + e.getMessage());
    }
  }

  private static Path path(String text) {
    return text.startsWith("file:") ? Path.of(URI.create(text)) : Path.of(text);
  }

  private static void print(String text) {
    System.out.println(escaped(text));
  }

  /** Text as ASCII: other characters are escaped. */
  static String escaped(String text) {
    return IntStream.range(0, text.length())
        .mapToObj(text::charAt)
        .map(c -> c < 0x80 ? c.toString() : String.format("<%04X>", (int) c))
        .collect(Collectors.joining());
  }
}
