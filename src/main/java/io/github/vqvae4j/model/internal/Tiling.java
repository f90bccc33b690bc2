package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.ProbePass.Kind;
import io.github.vqvae4j.model.internal.ProbePass.Subject;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.tensor.Variable;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/**
 * Decides which images a model processes in tiles, and how large these are. The decision depends on
 * the model and the size of the image only, not on the memory of the machine.
 */
final class Tiling {
  private static final Logger LOG = Log.of(Tiling.class);

  /**
   * The limits of the memory of a pass.
   *
   * @param bytes the memory of the tensors of a pass above which an image is processed in tiles
   * @param side the side of a tile in pixels, if its margin is not large; images of as many pixels
   *     as a tile are always processed whole
   */
  record Limits(long bytes, int side) {}

  /**
   * Half of what a process of 1 GB has, without its heap, for a single pass; and tiles that are
   * processed by several threads at once (see {@link ThreadPool#threads}).
   */
  static final Limits DEFAULT = new Limits(1L << 28, 1 << 8);

  /** Smaller in tests. */
  private static volatile Limits limits = DEFAULT;

  /**
   * The margin in pixels of models of which a layer looks at the whole image. Tiles are blended
   * over twice as many, so that tiles with pixels in [0, 1] never make a step above 1/128, or
   * 2/255.
   */
  private static final int BLENDED_MARGIN = 64;

  /** The side in pixels up to which tiles grow with their margin without narrower cores. */
  private static final int WIDE_SIDE = 1024;

  private final ImageModel model;
  private final CodePasses passes;

  /** The maximum number of pixels of images that are processed whole; 0 if it is unknown. */
  private volatile long wholePixels;

  private volatile Limits limitsOfWhole;

  /** Whether the log has warned of blended tiles. */
  private final AtomicBoolean warned = new AtomicBoolean();

  /** Whether the log has warned of large images that are not divided. */
  private final AtomicBoolean warnedOfWhole = new AtomicBoolean();

  private final Map<Key, Measured> measured = new ConcurrentHashMap<>();

  Tiling(ImageModel model, CodePasses passes) {
    this.model = model;
    this.passes = passes;
  }

  /** A pass, and for an encoder whether pixels are in [0, 1]. */
  private record Key(Kind kind, boolean isUnitRange) {}

  /** The reach of the weights that have a stamp. */
  private record Measured(long stamp, Reach.Pass reach) {}

  /** Changes the limits for a test. */
  static void limit(Limits newLimits) {
    limits = newLimits;
  }

  /** Returns whether images of this size, which is that after padding, are processed in tiles. */
  boolean isTiled(long height, long width, Factors factors) {
    Limits current = limits;
    long pixels = height * width;
    // Windows of a series have one row.
    if (pixels <= (long) current.side * current.side || height == 1) {
      return false;
    }
    if (factors.channels() == 0) {
      warnOfWhole(factors.obstacle());
      return false;
    }
    if (limitsOfWhole != current) {
      wholePixels = wholePixels(current, factors);
      limitsOfWhole = current;
    }
    return pixels > wholePixels;
  }

  private long wholePixels(Limits current, Factors factors) {
    try {
      return (long) (current.bytes / PassMemory.bytesPerPixel(model, factors));
    } catch (InsufficientMemoryException | CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("The memory of a pass cannot be measured.", e);
      warnOfWhole("a black image of the size of a tile is rejected (" + ProbePass.reason(e) + ")");
      return Long.MAX_VALUE;
    }
  }

  private void warnOfWhole(String obstacle) {
    if (!warnedOfWhole.getAndSet(true)) {
      LOG.warn(
          "{}: large images are processed as a whole rather than in tiles, because"
              + " {}. They need as much memory as a pass on the whole image.",
          model.getClass().getSimpleName(),
          obstacle);
    }
  }

  /** Returns the reach of the latents into the image, with the current weights. */
  Reach.Pass encoder(Factors factors, boolean isUnitRange) {
    return reach(factors, new Key(Kind.ENCODER, isUnitRange));
  }

  /** Returns the reach of the decoded pixels into the latents, with the current weights. */
  Reach.Pass decoder(Factors factors) {
    return reach(factors, new Key(Kind.DECODER, true));
  }

  private Reach.Pass reach(Factors factors, Key key) {
    long stamp = model.variables().values().stream().mapToLong(Variable::version).max().orElse(0);
    Measured last = measured.get(key);
    if (last == null || last.stamp != stamp) {
      Subject subject = new Subject(passes, factors, key.kind, key.isUnitRange);
      last = new Measured(stamp, ThreadPool.call(() -> measure(subject)));
      measured.put(key, last);
    }
    return last.reach;
  }

  /** Measures a pass. One that cannot be measured is treated as looking at the whole image. */
  private Reach.Pass measure(Subject subject) {
    try {
      Reach.Pass reach = Reach.measure(subject);
      if (reach.isWhole()) {
        warn(
            subject.kind(),
            "looks further than "
                + Reach.LIMIT
                + " pixels, perhaps at the whole image, as attention does, or depends on the size or"
                + " on distant borders of the image, as circular padding does.");
      }
      return reach;
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("The reach cannot be measured.", e);
      warn(
          subject.kind(),
          "does not accept the random inputs with which it is measured how far it looks ("
              + ProbePass.reason(e)
              + "), and is treated as looking at the whole image.");
      return Reach.Pass.WHOLE;
    }
  }

  private void warn(Kind kind, String problem) {
    boolean isEncoder = kind == Kind.ENCODER;
    if (!warned.getAndSet(true)) {
      LOG.warn(
          "{}: the {} {} Large images are processed in tiles, which are blended: {} differ from"
              + " those of the whole image. If memory allows, use the methods for tensors,"
              + " encode(Tensor) or run(Tensor), on the whole image.",
          model.getClass().getSimpleName(),
          isEncoder ? "encoder" : "decoder",
          problem,
          isEncoder ? "codes and pixels" : "pixels");
    }
  }

  /**
   * The size of the tiles along an axis, in cells.
   *
   * @param core the maximum length of the part whose result is used
   * @param margin the number of cells before and after it
   */
  record Size(int core, int margin) {}

  /** Returns the margin, in cells, of tiles that equal the whole image. */
  static int margin(Reach.Pass reach) {
    return reach.cells() + 1;
  }

  /**
   * Returns the size of tiles.
   *
   * @param reach the reach of the pass
   * @param factor the number of pixels of a cell
   */
  static Size size(Reach.Pass reach, int factor) {
    boolean isWhole = reach.isWhole();
    int margin = isWhole ? ArrayLengths.chunks(BLENDED_MARGIN, factor) : margin(reach);
    // Blended tiles of nearly equal size overlap in pairs only if cores have at least two margins.
    // Others are as large as time per pixel asks for, or, if margins are wide, memory.
    int least =
        isWhole
            ? 4 * margin
            : Math.min(2 * margin, Math.max(margin, WIDE_SIDE / factor - 2 * margin));
    return new Size(Math.max(limits.side / factor - 2 * margin, least), margin);
  }
}
