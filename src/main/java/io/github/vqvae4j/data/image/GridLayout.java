package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The positions of the images and texts of an {@link ImageGrid}, at one enlargement factor. */
final class GridLayout {
  private static final int MIN_FONT = 13;
  private static final int MAX_FONT = 40;

  /** The part of an image's side that the height of text and the gap between groups take. */
  private static final int FRACTION = 8;

  /** The position of the upper left corner of an image or a text. */
  private record PlacedImage(Images images, int index, long y, long x) {}

  private record PlacedText(GridText text, long y, long x) {}

  private final int scale;
  private final int channels;

  /** The size of an enlarged image, limited to avoid overflow in later computations. */
  private final long imageHeight;

  private final long imageWidth;
  private final int fontSize;

  /** The distance of text from images and from the margin. */
  private final int pad;

  /** The distance of the left edges of adjacent columns. */
  private final long columnStep;

  private final long left;
  private final long height;
  private final long width;
  private final List<PlacedImage> images = new ArrayList<>();
  private final List<PlacedText> texts = new ArrayList<>();

  GridLayout(String title, List<String> columns, List<ImageGrid.Row> rows, int scale) {
    this.scale = scale;
    Images first = rows.get(0).images();
    channels = first.channels();
    imageHeight = Math.min((long) first.height() * scale, Integer.MAX_VALUE);
    imageWidth = Math.min((long) first.width() * scale, Integer.MAX_VALUE);
    long side = Math.min(imageHeight, imageWidth) / FRACTION;
    fontSize = (int) Math.max(MIN_FONT, Math.min(MAX_FONT, side));
    pad = fontSize / 2;

    GridText drawnTitle = text(title);
    List<GridText> headers = texts(columns);
    List<GridText> labels = texts(rows.stream().map(ImageGrid.Row::label).toList());
    List<List<GridText>> captions = rows.stream().map(row -> texts(row.captions())).toList();
    int labelWidth = width(labels);
    int captionWidth = captions.stream().mapToInt(GridLayout::width).max().orElseThrow();
    int textWidth = Math.max(captionWidth, width(headers));
    boolean hasText = drawnTitle.width() + labelWidth + textWidth > 0;
    int margin = hasText ? pad : 0;
    columnStep = Math.max(imageWidth, textWidth == 0 ? 0 : textWidth + pad) + ImageGrid.GAP;
    left = margin + (labelWidth == 0 ? 0 : labelWidth + pad);

    long y = margin;
    if (drawnTitle.height() > 0) {
      texts.add(new PlacedText(drawnTitle, y, margin));
      y += drawnTitle.height() + pad;
    }
    placeInColumns(headers, y);
    y += headers.isEmpty() ? 0 : height(headers) + ImageGrid.GAP;
    for (int i = 0; i < rows.size(); i++) {
      ImageGrid.Row row = rows.get(i);
      y += row.space() ? Math.max(pad, imageHeight / FRACTION) : 0;
      long rowHeight = Math.max(imageHeight, labels.get(i).height());
      place(row.images(), y + (rowHeight - imageHeight) / 2);
      GridText label = labels.get(i);
      long labelX = left - pad - label.width();
      texts.add(new PlacedText(label, y + (rowHeight - label.height()) / 2, labelX));
      y += rowHeight + ImageGrid.GAP;
      placeInColumns(captions.get(i), y);
      int captionHeight = height(captions.get(i));
      y += captionHeight == 0 ? 0 : captionHeight + pad;
    }
    height = y - ImageGrid.GAP + margin;
    int most = rows.stream().mapToInt(row -> row.images().size()).max().orElseThrow();
    width =
        Math.max(left + most * columnStep - ImageGrid.GAP, margin + drawnTitle.width()) + margin;
  }

  /** Returns the default enlargement factor of images in a small grid. */
  static int defaultScale(Images images) {
    return Math.max(1, ImageGrid.MAX_SIDE / Math.max(images.height(), images.width()));
  }

  private GridText text(String text) {
    return GridText.of(text, fontSize);
  }

  private List<GridText> texts(List<String> texts) {
    return texts.stream().map(this::text).toList();
  }

  private static int width(List<GridText> texts) {
    return texts.stream().mapToInt(GridText::width).max().orElse(0);
  }

  private static int height(List<GridText> texts) {
    return texts.stream().mapToInt(GridText::height).max().orElse(0);
  }

  private void place(Images row, long y) {
    for (int column = 0; column < row.size(); column++) {
      long x = left + column * columnStep + (columnStep - ImageGrid.GAP - imageWidth) / 2;
      images.add(new PlacedImage(row, column, y, x));
    }
  }

  private void placeInColumns(List<GridText> row, long y) {
    for (int column = 0; column < row.size(); column++) {
      GridText text = row.get(column);
      long x = left + column * columnStep + (columnStep - ImageGrid.GAP - text.width()) / 2;
      texts.add(new PlacedText(text, y, x));
    }
  }

  /** Returns whether the grid has at most the number of pixels that can be read again. */
  boolean fits() {
    return Math.max(height, width) <= ImageSource.MAX_PIXELS
        && height * width <= ImageSource.MAX_PIXELS;
  }

  int scale() {
    return scale;
  }

  /** Returns one image of all images and texts. */
  Images draw() {
    if (!fits()) {
      throw new IllegalArgumentException(
          "got a grid of "
              + height
              + " x "
              + width
              + " pixels, expected at most "
              + ImageSource.MAX_PIXELS
              + " in total; use a smaller scale or fewer images");
    }
    float[] pixels = Checks.floats(1, (int) height, (int) width, channels);
    Arrays.fill(pixels, 1);
    images.forEach(image -> draw(image, pixels));
    texts.forEach(text -> draw(text, pixels));
    return Images.owning(pixels, 1, (int) height, (int) width, channels);
  }

  private void draw(PlacedImage placed, float[] pixels) {
    for (int y = 0; y < imageHeight; y++) {
      for (int x = 0; x < imageWidth; x++) {
        int target = offset(placed.y() + y, placed.x() + x);
        for (int c = 0; c < channels; c++) {
          pixels[target + c] = placed.images().pixel(placed.index(), y / scale, x / scale, c);
        }
      }
    }
  }

  private void draw(PlacedText placed, float[] pixels) {
    for (int y = 0; y < placed.text().height(); y++) {
      for (int x = 0; x < placed.text().width(); x++) {
        int target = offset(placed.y() + y, placed.x() + x);
        Arrays.fill(pixels, target, target + channels, placed.text().pixel(y, x));
      }
    }
  }

  private int offset(long y, long x) {
    return (int) (y * width + x) * channels;
  }
}
