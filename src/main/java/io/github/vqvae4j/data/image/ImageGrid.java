package io.github.vqvae4j.data.image;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Images in rows on a white background, with labels.
 *
 * <pre>{@code
 * new ImageGrid()
 *     .row("original", originals)
 *     .row("reconstruction", reconstructions)
 *     .write(Path.of("reconstructions.png"));
 * }</pre>
 *
 * <p>Images of up to 56 pixels are enlarged by an integer factor, to at most 112 pixels; the factor
 * is smaller if the grid would become too large. The font size is an eighth of the shorter side of
 * the enlarged images, but at least 13 and at most 40 pixels. A column is at least as wide as its
 * texts, so that no text covers an image or another text. A line feed in a text starts a new line.
 *
 * <p>Without labels, a grid is written by {@link Images#writeGrid(Images, Path)}.
 *
 * <p>Where Java cannot draw text, such as in a container without fonts, grids have no labels, and
 * one warning that says what to install is logged.
 */
public final class ImageGrid {
  /** The gap between images in pixels. */
  public static final int GAP = 2;

  /** The maximum side of an image that is enlarged by default, in pixels: 28 becomes 112. */
  public static final int MAX_SIDE = 112;

  /**
   * A row of images.
   *
   * @param captions one for each image; empty for none
   * @param space whether a wide gap separates it from the row above
   */
  record Row(String label, Images images, List<String> captions, boolean space) {
    Row with(List<String> newCaptions) {
      return new Row(label, images, newCaptions, space);
    }
  }

  private final List<Row> rows = new ArrayList<>();
  private List<String> columns = List.of();
  private String title = "";
  private boolean space;
  private int scale;

  /** Creates an empty grid. */
  public ImageGrid() {}

  /**
   * Sets the text above the grid.
   *
   * @param text the text
   * @return this grid
   */
  public ImageGrid title(String text) {
    title = Objects.requireNonNull(text, "ImageGrid.title: expected a text, got null.");
    return this;
  }

  /**
   * Sets the texts above the columns.
   *
   * @param texts one for each column, from the left; columns without a text have an empty one or
   *     are omitted at the end
   * @return this grid
   */
  public ImageGrid columns(List<String> texts) {
    columns = copy("ImageGrid.columns", texts);
    return this;
  }

  private static List<String> copy(String caller, List<String> texts) {
    Objects.requireNonNull(texts, () -> caller + ": expected texts, got null.");
    for (String text : texts) {
      Objects.requireNonNull(
          text, () -> caller + ": expected texts, got " + texts + ". Use an empty text for none.");
    }
    return List.copyOf(texts);
  }

  /**
   * Adds a row without a label.
   *
   * @param images the images of the row, of the size and channels of all others
   * @return this grid
   */
  public ImageGrid row(Images images) {
    return row("", images);
  }

  /**
   * Adds a row.
   *
   * @param label the text to the left of the row
   * @param images the images of the row, of the size and channels of all others
   * @return this grid
   */
  public ImageGrid row(String label, Images images) {
    Objects.requireNonNull(label, "ImageGrid.row: expected a label, got null.");
    Objects.requireNonNull(images, "ImageGrid.row: expected images, got null.");
    rows.add(new Row(label, images, List.of(), space && !rows.isEmpty()));
    space = false;
    return this;
  }

  /**
   * Adds images in rows without labels.
   *
   * @param images the images
   * @param perRow the number of images in a row, at least 1; the last row may be shorter
   * @return this grid
   * @throws IllegalArgumentException if {@code perRow} is below 1
   */
  public ImageGrid rows(Images images, int perRow) {
    if (perRow < 1) {
      throw new IllegalArgumentException(
          "got " + perRow + " columns, expected at least 1; correct the number of columns");
    }
    for (int start = 0; start < images.size(); start += perRow) {
      Images[] row = new Images[Math.min(perRow, images.size() - start)];
      for (int i = 0; i < row.length; i++) {
        row[i] = images.image(start + i);
      }
      row(Images.concat(row));
    }
    return this;
  }

  /**
   * Sets the texts below the images of the last row.
   *
   * @param texts one for each image of the row; an empty text for an image without a caption
   * @return this grid
   * @throws IllegalStateException if there is no row
   * @throws IllegalArgumentException if the number of texts is not the number of images
   */
  public ImageGrid captions(List<String> texts) {
    if (rows.isEmpty()) {
      throw new IllegalStateException(
          "ImageGrid.captions: expected a row before its captions. Call row(..) first.");
    }
    List<String> captions = copy("ImageGrid.captions", texts);
    int last = rows.size() - 1;
    Row row = rows.get(last);
    if (captions.size() != row.images().size()) {
      throw new IllegalArgumentException(
          "got "
              + captions.size()
              + " captions, expected one for each of the row's "
              + row.images().size()
              + " images; pass empty texts for images without one");
    }
    rows.set(last, row.with(captions));
    return this;
  }

  /**
   * Separates the next row from the last one by a wide gap, such as pairs of originals and
   * reconstructions.
   *
   * @return this grid
   */
  public ImageGrid space() {
    space = true;
    return this;
  }

  /**
   * Sets the enlargement factor of the images, instead of the default.
   *
   * @param factor the factor, at least 1
   * @return this grid
   * @throws IllegalArgumentException if the factor is below 1
   */
  public ImageGrid scale(int factor) {
    if (factor < 1) {
      throw new IllegalArgumentException(
          "got scale " + factor + ", expected at least 1; use 1 to keep the size");
    }
    scale = factor;
    return this;
  }

  /**
   * Returns the grid as an image.
   *
   * @return one image with the channels of the images
   * @throws IllegalArgumentException if there are no rows, their images differ in size or have
   *     neither 1 nor 3 channels or unbounded values, there are more texts above columns than
   *     columns, or the grid has more than 64 million pixels
   * @throws InsufficientMemoryException if the heap is too small
   */
  public Images image() {
    return layout().draw();
  }

  /**
   * Writes the grid.
   *
   * @param file the PNG or JPEG file (see {@link Images#write})
   * @throws IllegalArgumentException as for {@link #image}, or if the file name has a different
   *     extension
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    Images.write(image(), file);
  }

  GridLayout layout() {
    List<Images> images = rows.stream().map(Row::images).toList();
    ImageChecks.equalSizes(images);
    images.forEach(ImageChecks::writable);
    int most = images.stream().mapToInt(Images::size).max().orElseThrow();
    if (columns.size() > most) {
      throw new IllegalArgumentException(
          "got "
              + columns.size()
              + " texts above columns, expected at most one for each of the "
              + most
              + " columns; pass fewer");
    }
    if (scale > 0) {
      return new GridLayout(title, columns, rows, scale);
    }
    int factor = GridLayout.defaultScale(images.get(0));
    GridLayout layout = new GridLayout(title, columns, rows, factor);
    while (factor > 1 && !layout.fits()) {
      factor--;
      layout = new GridLayout(title, columns, rows, factor);
    }
    return layout;
  }
}
