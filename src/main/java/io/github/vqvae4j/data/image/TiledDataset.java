package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;

/** A view of the tiles of the images of another dataset: image by image, row by row. */
final class TiledDataset extends DatasetView {
  private final int height;
  private final int width;
  private final int rowStride;
  private final int columnStride;

  /** The number of tiles side by side in an image. */
  private final int columns;

  private final int tilesPerImage;
  private final int size;

  TiledDataset(Dataset source, int height, int width, int rowStride, int columnStride) {
    super(source);
    if (height < 1 || width < 1 || height > source.height() || width > source.width()) {
      throw new IllegalArgumentException(
          "got tiles of "
              + height
              + " x "
              + width
              + " pixels, expected at least 1 x 1 and at most the size of the images, "
              + source.height()
              + " x "
              + source.width()
              + "; choose another size, or read the images at a larger size");
    }
    if (rowStride < 1 || columnStride < 1) {
      throw new IllegalArgumentException(
          "got strides of "
              + rowStride
              + " and "
              + columnStride
              + " pixels, expected at least 1; the size of the tiles gives tiles side by side");
    }
    this.height = height;
    this.width = width;
    this.rowStride = rowStride;
    this.columnStride = columnStride;
    this.columns = (source.width() - width) / columnStride + 1;
    long perImage = ((source.height() - height) / rowStride + 1) * (long) columns;
    // An image fits into an array, so the number of its tiles does not overflow.
    long total = source.size() * perImage;
    if (total > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "got "
              + total
              + " tiles, expected at most "
              + Integer.MAX_VALUE
              + "; choose larger strides or fewer images");
    }
    this.tilesPerImage = (int) perImage;
    this.size = (int) total;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    rectangle(index, 0, 0, height, width, target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    rectangle(index, epoch, 0, 0, height, width, target, offset);
  }

  @Override
  public void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    Rectangle inSource = inSource(index, new Rectangle(row, column, height, width));
    source.rectangle(
        index / tilesPerImage,
        epoch,
        inSource.row(),
        inSource.column(),
        height,
        width,
        target,
        offset);
  }

  /** Returns a rectangle of a tile as a rectangle of the image that contains the tile. */
  private Rectangle inSource(int index, Rectangle inTile) {
    Checks.index(index, size);
    inTile.check(this);
    int tile = index % tilesPerImage;
    return inTile.moved(tile / columns * rowStride, tile % columns * columnStride);
  }

  @Override
  public int label(int index) {
    Checks.index(index, size);
    return source.label(index / tilesPerImage);
  }

  @Override
  public String toString() {
    return Counts.of(size, "tile")
        + " ["
        + height
        + ", "
        + width
        + ", "
        + channels()
        + "] of "
        + source;
  }
}
