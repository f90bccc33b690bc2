package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * Encodes and decodes one large image in tiles, several at once. A tile has a margin on the sides
 * on which the image continues, as wide as the model looks, so that results are those of a pass on
 * the whole image. If a layer looks at the whole image, decoded tiles are blended where they
 * overlap.
 */
final class TiledPasses {
  private final ImageModel model;
  private final Factors factors;
  private final Reach reach;

  TiledPasses(ImageModel model, Factors factors, Reach reach) {
    this.model = model;
    this.factors = factors;
    this.reach = reach;
  }

  /** The tiles of an image, row by row. */
  private record Grid(List<TileSpan> rows, List<TileSpan> columns) {
    int size() {
      return rows.size() * columns.size();
    }

    TileSpan row(int tile) {
      return rows.get(tile / columns.size());
    }

    TileSpan column(int tile) {
      return columns.get(tile % columns.size());
    }
  }

  private Grid grid(int height, int width, int passReach) {
    Tiling.Size rows = Tiling.size(passReach, reach.isWhole(), factors.rows());
    Tiling.Size columns = Tiling.size(passReach, reach.isWhole(), factors.columns());
    return new Grid(
        TileSpan.of(height, rows.core(), rows.margin()),
        TileSpan.of(width, columns.core(), columns.margin()));
  }

  /**
   * The input or the result of a pass on a tile.
   *
   * @param index the index of the tile
   * @param value the pixels or the codes
   */
  private record Tile<T>(int index, T value) {}

  private <I, R> void forEach(
      Grid grid,
      IntFunction<I> input,
      BiFunction<Tile<I>, Step, R> pass,
      Consumer<Tile<R>> results) {
    long pixels = 0;
    for (int i = 0; i < grid.size(); i++) {
      long rows = (long) grid.row(i).length() * factors.rows();
      pixels = Math.max(pixels, rows * grid.column(i).length() * factors.columns());
    }
    ThreadPool.forEach(
        grid.size(),
        ThreadPool.threads(pixels),
        i -> new Tile<>(i, input.apply(i)),
        tile -> {
          try (Step step = Step.inference()) {
            return new Tile<>(tile.index, pass.apply(tile, step));
          }
        },
        results);
  }

  /**
   * Encodes an image.
   *
   * @param index the index of the image
   * @param encode the pass on a tile
   * @return the codes of one image for each map, without label
   */
  List<Codes> encode(Dataset images, int index, CodePasses passes) {
    int height = ArrayLengths.chunks(images.height(), factors.rows());
    int width = ArrayLengths.chunks(images.width(), factors.columns());
    Grid grid = grid(height, width, reach.encoder());
    TileReader reader = new TileReader(images, index, factors);
    List<CodeMap> maps = new ArrayList<>();
    forEach(
        grid,
        i -> reader.read(grid.row(i), grid.column(i)),
        (tile, step) -> {
          int rows = grid.row(tile.index).length() * factors.rows();
          int columns = grid.column(tile.index).length() * factors.columns();
          return passes.encode(step.tensor(tile.value, 1, rows, columns, images.channels()));
        },
        tile -> {
          for (int i = 0; i < tile.value.size(); i++) {
            if (i == maps.size()) {
              maps.add(new CodeMap(tile.value.get(i), grid, height, width));
            }
            maps.get(i).put(tile.value.get(i), grid.row(tile.index), grid.column(tile.index));
          }
        });
    boolean isPadded =
        height * factors.rows() != images.height() || width * factors.columns() != images.width();
    return maps.stream()
        .map(CodeMap::codes)
        .map(codes -> isPadded ? codes.withImageSize(images.height(), images.width()) : codes)
        .toList();
  }

  /** A code map that is collected from tiles. */
  private static final class CodeMap {
    private final Codebooks codebooks;

    /** The number of codes of a cell along the axes. */
    private final int rowScale;

    private final int columnScale;
    private final int height;
    private final int width;
    private final int[] values;

    /** Creates a map whose size follows from the codes of the first tile. */
    CodeMap(Codes first, Grid grid, int cellRows, int cellColumns) {
      codebooks = first.codebooks();
      rowScale = first.shape()[1] / grid.row(0).length();
      columnScale = first.shape()[2] / grid.column(0).length();
      height = cellRows * rowScale;
      width = cellColumns * columnScale;
      values = new int[Math.multiplyExact(height, width * codebooks.count())];
    }

    void put(Codes tile, TileSpan row, TileSpan column) {
      int books = codebooks.count();
      int[] source = tile.values();
      int length = (column.to() - column.from()) * columnScale * books;
      int skipped = (column.from() - column.first()) * columnScale;
      for (int y = row.from() * rowScale; y < row.to() * rowScale; y++) {
        int line = (y - row.first() * rowScale) * column.length() * columnScale;
        int target = y * width + column.from() * columnScale;
        System.arraycopy(source, (line + skipped) * books, values, target * books, length);
      }
    }

    Codes codes() {
      return Codes.of(values, codebooks, 1, height, width);
    }
  }

  /**
   * Decodes an image.
   *
   * @param codes the codes of one image for each map
   * @param decode the pass on a tile
   * @param target receives the pixels [height, width, channels]
   * @param offset the index of the first one
   * @param height the height of the image, at most that of the decoded codes
   * @param width its width
   */
  void decode(
      List<Codes> codes,
      BiFunction<List<Codes>, Step, Tensor> decode,
      float[] target,
      int offset,
      int height,
      int width) {
    int[] cells = codes.get(0).shape();
    Grid grid = grid(cells[1], cells[2], reach.decoder());
    List<CodeTiles> maps = codes.stream().map(map -> new CodeTiles(map, cells)).toList();
    Arrays.fill(target, offset, offset + height * width * factors.channels(), 0);
    forEach(
        grid,
        i -> maps.stream().map(map -> map.cut(grid.row(i), grid.column(i))).toList(),
        (tile, step) -> ModelImages.images(model, decode.apply(tile.value, step)).pixels(),
        tile -> {
          TileSpan row = grid.row(tile.index);
          TileSpan column = grid.column(tile.index);
          float[] rows = row.weights(factors.rows(), cells[1], reach.isWhole());
          float[] columns = column.weights(factors.columns(), cells[2], reach.isWhole());
          int top = row.first() * factors.rows();
          int left = column.first() * factors.columns();
          int channels = factors.channels();
          for (int y = 0; y < Math.min(rows.length, height - top); y++) {
            for (int x = 0; x < Math.min(columns.length, width - left); x++) {
              float weight = rows[y] * columns[x];
              int from = (y * columns.length + x) * channels;
              int to = offset + ((top + y) * width + left + x) * channels;
              for (int c = 0; weight > 0 && c < channels; c++) {
                target[to + c] += weight * tile.value[from + c];
              }
            }
          }
        });
  }

  /** The codes of an image, from which tiles are cut. */
  private static final class CodeTiles {
    private final Codebooks codebooks;
    private final int[] values;
    private final int rowScale;
    private final int columnScale;
    private final int width;

    CodeTiles(Codes codes, int... cells) {
      codebooks = codes.codebooks();
      values = codes.values();
      rowScale = codes.shape()[1] / cells[1];
      columnScale = codes.shape()[2] / cells[2];
      width = codes.shape()[2];
    }

    Codes cut(TileSpan row, TileSpan column) {
      int books = codebooks.count();
      int rows = row.length() * rowScale;
      int columns = column.length() * columnScale;
      int[] cut = new int[rows * columns * books];
      for (int y = 0; y < rows; y++) {
        int from = (row.first() * rowScale + y) * width + column.first() * columnScale;
        System.arraycopy(values, from * books, cut, y * columns * books, columns * books);
      }
      return Codes.of(cut, codebooks, 1, rows, columns);
    }
  }
}
