package io.github.vqvae4j.tensor.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The statistics of the group normalizations of a pass on a tile of an image, in the order of the
 * calls. They belong to the thread of the pass. Calls whose statistics are known, which are those
 * of the whole image, use them. The moments of the next calls are collected; a call whose input is
 * not a map of the tile's cells has none. All other calls use the statistics of their input.
 */
public final class GroupStatistics {
  private static final ThreadLocal<GroupStatistics> CURRENT = new ThreadLocal<>();

  private final List<GroupMoments> known;
  private final int end;
  private final Tile tile;
  private final List<GroupMoments> collected = new ArrayList<>();
  private int calls;

  private GroupStatistics(List<GroupMoments> known, int end, Tile tile) {
    this.known = known;
    this.end = end;
    this.tile = tile;
  }

  /**
   * The cells of a tile, and those of its core, which no other tile has.
   *
   * @param rows the number of rows
   * @param top the first row of the core
   * @param bottom the row after the core
   * @param columns the number of columns
   * @param left the first column of the core
   * @param right the column after the core
   */
  public record Tile(int rows, int top, int bottom, int columns, int left, int right) {
    /** Returns the tile that is a whole image. */
    public static Tile whole(int rows, int columns) {
      return new Tile(rows, 0, rows, columns, 0, columns);
    }
  }

  /** Ends a pass of which all moments have been collected. */
  private static final class CollectedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CollectedException() {
      super("The moments have been collected.", null, false, false);
    }
  }

  /**
   * Runs a pass with known statistics.
   *
   * @param known the statistics of the calls, empty for those that use the statistics of their
   *     input
   * @param pass the pass
   * @param <R> the type of the result
   * @return the result of the pass
   */
  public static <R> R with(List<GroupMoments> known, Supplier<R> pass) {
    return new GroupStatistics(known, known.size(), Tile.whole(1, 1)).run(pass);
  }

  /**
   * Collects moments of the calls after those with known statistics.
   *
   * @param known the statistics of the first calls
   * @param end the number of calls after which the pass ends
   * @param tile the cells over whose core moments are taken
   * @param pass the pass
   * @return the moments of each further call, up to {@code end}
   */
  public static List<GroupMoments> collect(
      List<GroupMoments> known, int end, Tile tile, Runnable pass) {
    GroupStatistics statistics = new GroupStatistics(known, end, tile);
    try {
      statistics.run(
          () -> {
            pass.run();
            return null;
          });
    } catch (CollectedException e) {
      return statistics.collected; // the rest of the pass is not needed
    }
    return statistics.collected;
  }

  private <R> R run(Supplier<R> pass) {
    GroupStatistics outer = CURRENT.get();
    CURRENT.set(this);
    try {
      return pass.get();
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  /** Returns the statistics of the pass on this thread, or null. */
  public static GroupStatistics current() {
    return CURRENT.get();
  }

  /** Returns the known statistics of the next call; empty if the call uses those of its input. */
  public GroupMoments next() {
    return calls < known.size() ? known.get(calls++) : GroupMoments.NONE;
  }

  /** Returns whether the moments of the call after those with known statistics are needed. */
  public boolean isCollecting() {
    return calls == known.size() && known.size() + collected.size() < end;
  }

  /** Returns the tile. */
  public Tile tile() {
    return tile;
  }

  /**
   * Adds the moments of a call.
   *
   * @param moments the moments, which may be empty
   * @param mayStop whether the pass may end if this was the last call of which they are needed
   */
  public void add(GroupMoments moments, boolean mayStop) {
    collected.add(moments);
    if (mayStop && !isCollecting()) {
      throw new CollectedException();
    }
  }
}
