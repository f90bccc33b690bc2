package io.github.vqvae4j.data.image;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The images that were used last, so that a file is not decoded for each piece of its image. They
 * take at most a quarter of the heap for each folder, and are given up when memory runs out.
 */
final class DecodedImages {
  private static final int HEAP_SHARE = 4;

  private final long capacity;

  /** In the order of their last use. */
  private final Map<Integer, Slot> slots = new LinkedHashMap<>(16, 0.75f, true);

  /** Decodes an image. */
  @FunctionalInterface
  interface Decoder {
    byte[] decode() throws IOException;
  }

  /** The place of one image. Its lock is held while it is decoded, so that this is done once. */
  private static final class Slot {
    private SoftReference<byte[]> pixels = new SoftReference<>(null);

    synchronized byte[] get(Decoder decoder) throws IOException {
      byte[] current = pixels.get();
      if (current == null) {
        current = decoder.decode();
        pixels = new SoftReference<>(current);
      }
      return current;
    }
  }

  /** Creates an empty store of at most {@code capacity} images. */
  DecodedImages(long capacity) {
    this.capacity = capacity;
  }

  /** Creates an empty store of images of {@code length} bytes each. */
  static DecodedImages ofLength(int length) {
    return new DecodedImages(Math.max(1, Runtime.getRuntime().maxMemory() / HEAP_SHARE / length));
  }

  /** Returns an image, which is decoded if it is not held. Can be called by several threads. */
  byte[] get(int index, Decoder decoder) throws IOException {
    return slot(index).get(decoder);
  }

  private Slot slot(int index) {
    synchronized (slots) {
      Slot slot = slots.computeIfAbsent(index, i -> new Slot());
      if (slots.size() > capacity) {
        slots.remove(slots.keySet().iterator().next());
      }
      return slot;
    }
  }
}
