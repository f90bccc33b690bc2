package io.github.vqvae4j.data.image;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.font.FontRenderContext;
import java.awt.font.LineMetrics;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * Black text on white in the JDK's sans-serif font, with centered lines; empty where Java cannot
 * draw text, of which one warning is logged.
 */
final class GridText {
  static final GridText NONE = new GridText(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), 0);

  private static final Logger LOG = Log.of(ImageGrid.class);
  private static final AtomicBoolean UNAVAILABLE = new AtomicBoolean();
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, false);

  private final BufferedImage drawn;
  private final int height;

  private GridText(BufferedImage drawn, int height) {
    this.drawn = drawn;
    this.height = height;
  }

  /** Draws a text, whose lines are separated by line feeds. */
  static GridText of(String text, int fontSize) {
    if (text.isBlank() || UNAVAILABLE.get()) {
      return NONE;
    }
    try {
      return draw(text.lines().toList(), fontSize);
    } catch (InsufficientMemoryException | OutOfMemoryError | StackOverflowError e) {
      throw e;
    } catch (RuntimeException | Error e) { // without fonts, Java throws either, of several classes
      if (!UNAVAILABLE.getAndSet(true)) {
        LOG.warn(
            "Image grids are written without labels: Java cannot draw text ({}). Install fontconfig"
                + " and a font such as DejaVu; without a display, run with"
                + " -Djava.awt.headless=true.",
            e.toString());
      }
      return NONE;
    }
  }

  private static GridText draw(List<String> lines, int fontSize) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, fontSize);
    int[] widths = lines.stream().mapToInt(line -> width(font, line)).toArray();
    int width = Math.max(1, Arrays.stream(widths).max().orElseThrow());
    LineMetrics metrics = font.getLineMetrics(lines.get(0), CONTEXT);
    int lineHeight = (int) Math.ceil(metrics.getAscent() + metrics.getDescent());
    int height = lines.size() * lineHeight;
    BufferedImage image =
        HeapMemory.guard(
            () -> "a text of " + height + " x " + width + " pixels in an image grid",
            (long) Integer.BYTES * height * width,
            () -> new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB));
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.BLACK);
    graphics.setFont(font);
    for (int i = 0; i < widths.length; i++) {
      float baseline = i * lineHeight + metrics.getAscent();
      graphics.drawString(lines.get(i), (width - widths[i]) / 2, Math.round(baseline));
    }
    graphics.dispose();
    return new GridText(image, height);
  }

  private static int width(Font font, String line) {
    return (int) Math.ceil(font.getStringBounds(line, CONTEXT).getWidth());
  }

  /** Returns the width in pixels; 0 if there is no text. */
  int width() {
    return height == 0 ? 0 : drawn.getWidth();
  }

  /** Returns the height in pixels; 0 if there is no text. */
  int height() {
    return height;
  }

  /** Returns the brightness of a pixel, 0 for black and 1 for white. */
  float pixel(int y, int x) {
    return (drawn.getRGB(x, y) & 0xFF) / 255f;
  }
}
