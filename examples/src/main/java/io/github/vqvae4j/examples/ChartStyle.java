package io.github.vqvae4j.examples;

import java.awt.Color;
import java.awt.Font;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;

/** The common style of all charts. */
final class ChartStyle {
  static final int WIDTH = 1000;
  static final Color BLUE = new Color(31, 97, 160);
  static final Color ORANGE = new Color(214, 96, 20);
  private static final Color GRID = new Color(200, 200, 200);

  private ChartStyle() {}

  /** Creates an empty chart. */
  static XYChart chart(String title, String x, String y, int height) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(height)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    apply(chart.getStyler());
    return chart;
  }

  static void apply(XYStyler style) {
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setLegendLayout(LegendLayout.Horizontal);
    style.setLegendBorderColor(Color.WHITE);
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotGridLinesColor(GRID);
    style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
  }
}
