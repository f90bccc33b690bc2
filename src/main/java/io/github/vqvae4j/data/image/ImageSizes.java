package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;

/** Computes the pixels of images of another size. */
final class ImageSizes {
  private ImageSizes() {}

  /** The pixels of one of several images. */
  private record Rows(Images images, int index) implements PixelRows<RuntimeException> {
    @Override
    public int height() {
      return images.height();
    }

    @Override
    public int width() {
      return images.width();
    }

    @Override
    public int channels() {
      return images.channels();
    }

    @Override
    public void read(int y, float[] target, int offset) {
      images.copyRow(index, y, target, offset);
    }
  }

  /** Returns parts of images, see {@link Images#crop}. */
  static float[] crop(Images images, int row, int column, int height, int width) {
    if (row < 0
        || column < 0
        || height < 1
        || width < 1
        || height > images.height() - row
        || width > images.width() - column) {
      throw new IllegalArgumentException(
          "got a crop of "
              + height
              + " x "
              + width
              + " pixels from row "
              + row
              + ", column "
              + column
              + ", expected at least 1 x 1 pixels inside "
              + images.height()
              + " x "
              + images.width()
              + "; correct the crop, or scale the images first with resize");
    }
    float[] pixels = Checks.floats(images.size(), height, width, images.channels());
    float[] source = new float[images.width() * images.channels()];
    int length = width * images.channels();
    int next = 0;
    for (int i = 0; i < images.size(); i++) {
      for (int y = 0; y < height; y++) {
        images.copyRow(i, row + y, source, 0);
        System.arraycopy(source, column * images.channels(), pixels, next, length);
        next += length;
      }
    }
    return pixels;
  }

  /** Returns scaled images, see {@link Images#resize}. */
  static float[] resize(Images images, int height, int width) {
    float[] pixels = Checks.floats(images.size(), height, width, images.channels());
    int length = pixels.length / images.size();
    for (int i = 0; i < images.size(); i++) {
      float[] scaled = Resample.fit(new Rows(images, i), ImageFit.STRETCH, height, width);
      System.arraycopy(scaled, 0, pixels, i * length, length);
    }
    return pixels;
  }

  /** Returns images whose last row and column are repeated, see {@link Images#padTo}. */
  static float[] pad(Images images, int height, int width) {
    int channels = images.channels();
    float[] pixels = Checks.floats(images.size(), height, width, channels);
    int length = width * channels;
    int next = 0;
    for (int i = 0; i < images.size(); i++) {
      for (int y = 0; y < height; y++) {
        images.copyRow(i, Math.min(y, images.height() - 1), pixels, next);
        for (int x = images.width() * channels; x < length; x++) {
          pixels[next + x] = pixels[next + x - channels];
        }
        next += length;
      }
    }
    return pixels;
  }

  /** Returns the smallest multiple that is not below a size. */
  static int roundUp(int size, int multiple) {
    if (multiple < 1) {
      throw new IllegalArgumentException(
          "got padTo("
              + multiple
              + "), expected a multiple of at least 1; pass the downsampling factor of the model,"
              + " such as 4 for downsample(2)");
    }
    long multiples = ((long) size + multiple - 1) / multiple;
    return (int) Math.min(Integer.MAX_VALUE, multiples * multiple);
  }
}
