package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.TileGrid.Tile;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.internal.GroupMoments;
import io.github.vqvae4j.tensor.internal.GroupStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Encodes and decodes one large image in tiles, several at once. A tile has a margin on the sides
 * on which the image continues, as wide as the model looks, so that results are those of a pass on
 * the whole image. Group normalizations have the statistics of the whole image, which are collected
 * beforehand. If another layer looks at the whole image, latents and decoded tiles are blended
 * where they overlap.
 */
final class TiledPasses {
  private final ImageModel model;
  private final Factors factors;
  private final Tiling tiling;

  TiledPasses(ImageModel model, Factors factors, Tiling tiling) {
    this.model = model;
    this.factors = factors;
    this.tiling = tiling;
  }

  private TileGrid grid(int height, int width, Reach.Pass pass) {
    Tiling.Size rows = Tiling.size(pass, factors.rows());
    Tiling.Size columns = Tiling.size(pass, factors.columns());
    return new TileGrid(
        TileSpan.of(height, rows.core(), rows.margin(), pass.period()),
        TileSpan.of(width, columns.core(), columns.margin(), pass.period()));
  }

  /** Reads the input of a pass for a tile. */
  @FunctionalInterface
  private interface Reader<I> {
    I read(TileSpan row, TileSpan column);
  }

  /** Runs a pass on all tiles, with statistics of the whole image. */
  private <I, R> void forEach(
      TileGrid grid,
      List<GroupMoments> statistics,
      Reader<I> input,
      BiFunction<Tile<I>, Step, R> pass,
      Consumer<Tile<R>> results) {
    run(
        grid,
        input,
        tile -> {
          try (Step step = Step.inference()) {
            return GroupStatistics.with(statistics, () -> tile.with(pass.apply(tile, step)));
          }
        },
        results);
  }

  private <I, R> void run(
      TileGrid grid, Reader<I> input, Function<Tile<I>, R> task, Consumer<R> results) {
    ThreadPool.forEach(
        grid.size(),
        ThreadPool.threads(grid.maxCells() * factors.rows() * factors.columns()),
        i -> {
          Tile<Void> tile = grid.tile(i);
          return tile.with(input.read(tile.row(), tile.column()));
        },
        task,
        results);
  }

  /**
   * Returns the statistics of the group normalizations of a pass, over all tiles. Those of a
   * normalization depend on those before it, so that each is collected by a pass of its own, which
   * ends there. If a layer looks at the whole image, results differ from those of a whole pass
   * anyway, and one pass collects all.
   */
  private <I> List<GroupMoments> statistics(
      TileGrid grid, boolean isWhole, Reader<I> input, BiFunction<Tile<I>, Step, ?> pass) {
    List<GroupMoments> ofCorner = collect(grid.corner(), List.of(), Integer.MAX_VALUE, input, pass);
    List<GroupMoments> known = new ArrayList<>();
    while (known.size() < ofCorner.size()) {
      int end = isWhole ? ofCorner.size() : known.size() + 1;
      List<GroupMoments> next = collect(grid, known, end, input, pass);
      if (next.isEmpty()) {
        break; // the pass has fewer normalizations on other tiles
      }
      known.addAll(next);
    }
    return known;
  }

  /** Merges the moments of the tiles in their order, so that no bit depends on the threads. */
  private <I> List<GroupMoments> collect(
      TileGrid grid,
      List<GroupMoments> known,
      int end,
      Reader<I> input,
      BiFunction<Tile<I>, Step, ?> pass) {
    List<GroupMoments> sums = new ArrayList<>();
    run(
        grid,
        input,
        tile -> {
          try (Step step = Step.inference()) {
            return GroupStatistics.collect(known, end, tile.cells(), () -> pass.apply(tile, step));
          }
        },
        moments -> {
          for (int i = 0; i < moments.size(); i++) {
            if (i == sums.size()) {
              sums.add(moments.get(i));
            } else {
              sums.set(i, sums.get(i).merge(moments.get(i)));
            }
          }
        });
    return sums;
  }

  /**
   * Encodes an image.
   *
   * @param index the index of the image
   * @return the codes of one image for each map, without label
   */
  List<Codes> encode(Dataset images, int index, CodePasses passes) {
    int height = ArrayLengths.chunks(images.height(), factors.rows());
    int width = ArrayLengths.chunks(images.width(), factors.columns());
    Reach.Pass reach = tiling.encoder(factors, images.unitRange());
    TileGrid grid = grid(height, width, reach);
    List<Codes> maps =
        reach.isWhole()
            ? encodeBlended(images, index, grid, passes)
            : encodeLocal(images, index, grid, passes);
    boolean isPadded =
        height * factors.rows() != images.height() || width * factors.columns() != images.width();
    return isPadded
        ? maps.stream().map(map -> map.withImageSize(images.height(), images.width())).toList()
        : maps;
  }

  private Tensor image(float[] pixels, TileSpan row, TileSpan column, Step step) {
    int height = row.length() * factors.rows();
    int width = column.length() * factors.columns();
    return step.tensor(pixels, 1, height, width, factors.channels());
  }

  /** Encodes tiles to the codes of all maps at once. */
  private List<Codes> encodeLocal(Dataset images, int index, TileGrid grid, CodePasses passes) {
    TileReader reader = new TileReader(images, index, factors);
    List<CodeMap> maps =
        Stream.generate(() -> new CodeMap(grid.height(), grid.width()))
            .limit(passes.maps())
            .toList();
    BiFunction<Tile<float[]>, Step, List<Codes>> pass =
        (tile, step) -> passes.encode(image(tile.value(), tile.row(), tile.column(), step));
    forEach(
        grid,
        statistics(grid, false, reader::read, pass),
        reader::read,
        pass,
        tile -> {
          for (int i = 0; i < tile.value().size(); i++) {
            maps.get(i).put(tile.value().get(i), tile.row(), tile.column());
          }
        });
    return maps.stream().map(CodeMap::codes).toList();
  }

  /** Encodes map by map, since the latents of a map depend on the final codes of those before. */
  private List<Codes> encodeBlended(Dataset images, int index, TileGrid grid, CodePasses passes) {
    List<Codes> maps = new ArrayList<>();
    for (int i = 0; i < passes.maps(); i++) {
      maps.add(encodeBlended(new TileReader(images, index, factors), grid, passes, maps));
    }
    return maps;
  }

  /**
   * The input of the encoder for a tile.
   *
   * @param above the codes of the maps that have been encoded
   */
  private record Input(float[] pixels, List<Codes> above) {}

  /**
   * Encodes the next map. Latents are quantized when all tiles that overlap there have been added.
   *
   * @param above the codes of the maps before it
   */
  private Codes encodeBlended(
      TileReader reader, TileGrid grid, CodePasses passes, List<Codes> above) {
    int height = grid.height();
    int width = grid.width();
    List<CodeTiles> maps = tiles(above, grid);
    Reader<Input> input =
        (row, column) -> new Input(reader.read(row, column), cut(maps, row, column));
    BiFunction<Tile<Input>, Step, Tensor> pass =
        (tile, step) -> {
          Tensor pixels = image(tile.value().pixels, tile.row(), tile.column(), step);
          return passes.latents(pixels, tile.value().above);
        };
    List<GroupMoments> statistics = statistics(grid, true, input, pass);
    LatentBand band = new LatentBand(grid.rows(), width);
    CodeMap codes = new CodeMap(height, width);
    for (int i = 0; i < grid.rows().size(); i++) {
      TileSpan row = grid.rows().get(i);
      forEach(
          grid.row(i),
          statistics,
          input,
          (tile, step) -> TileLatents.of(pass.apply(tile, step)),
          tile -> band.add(tile.value(), row, tile.column()));
      int end = i + 1 < grid.rows().size() ? grid.rows().get(i + 1).first() : height;
      TileGrid lines = TileGrid.lines(row.first(), end, width);
      forEach(
          lines,
          List.of(),
          (line, columns) -> band.line(line.first() - row.first()),
          (line, step) -> passes.quantize(above.size(), line.value().in(step)),
          line -> codes.put(line.value(), line.row(), line.column()));
      band.remove(lines.size());
    }
    return codes.codes();
  }

  /** A code map that is collected from tiles. */
  private static final class CodeMap {
    private final int cellRows;
    private final int cellColumns;
    private Codebooks codebooks;

    /** The number of codes of a cell along the axes. */
    private int rowScale;

    private int columnScale;

    /** Null until the first tile, from which the sizes follow. */
    private int[] values;

    CodeMap(int cellRows, int cellColumns) {
      this.cellRows = cellRows;
      this.cellColumns = cellColumns;
    }

    void put(Codes tile, TileSpan row, TileSpan column) {
      if (values == null) {
        codebooks = tile.codebooks();
        rowScale = tile.shape()[1] / row.length();
        columnScale = tile.shape()[2] / column.length();
        int books = codebooks.count();
        values =
            new int[Math.multiplyExact(cellRows * rowScale, cellColumns * columnScale * books)];
      }
      int books = codebooks.count();
      int[] source = tile.values();
      int width = cellColumns * columnScale;
      int length = (column.to() - column.from()) * columnScale * books;
      int skipped = (column.from() - column.first()) * columnScale;
      for (int y = row.from() * rowScale; y < row.to() * rowScale; y++) {
        int line = (y - row.first() * rowScale) * column.length() * columnScale;
        int target = y * width + column.from() * columnScale;
        System.arraycopy(source, (line + skipped) * books, values, target * books, length);
      }
    }

    Codes codes() {
      return Codes.of(values, codebooks, 1, cellRows * rowScale, cellColumns * columnScale);
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
    Reach.Pass reach = tiling.decoder(factors);
    TileGrid grid = grid(cells[1], cells[2], reach);
    List<CodeTiles> maps = tiles(codes, grid);
    boolean isBlended = reach.isWhole();
    TileSum pixels = new TileSum(target, offset, height, width, factors.channels());
    Arrays.fill(target, offset, offset + height * width * factors.channels(), 0);
    Reader<List<Codes>> input = (row, column) -> cut(maps, row, column);
    forEach(
        grid,
        statistics(grid, isBlended, input, (tile, step) -> decode.apply(tile.value(), step)),
        input,
        (tile, step) -> ModelImages.images(model, decode.apply(tile.value(), step)).pixels(),
        tile -> {
          TileSpan row = tile.row();
          TileSpan column = tile.column();
          pixels.add(
              tile.value(),
              row.weights(factors.rows(), cells[1], isBlended),
              column.weights(factors.columns(), cells[2], isBlended),
              row.first() * factors.rows(),
              column.first() * factors.columns());
        });
  }

  private static List<CodeTiles> tiles(List<Codes> maps, TileGrid grid) {
    return maps.stream().map(map -> new CodeTiles(map, grid.height(), grid.width())).toList();
  }

  private static List<Codes> cut(List<CodeTiles> maps, TileSpan row, TileSpan column) {
    return maps.stream().map(map -> map.cut(row, column)).toList();
  }
}
