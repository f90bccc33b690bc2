package io.github.vqvae4j.benchmarks.report;

import java.util.List;

/**
 * A section of a page with one table.
 *
 * @param title the heading
 * @param rows the table rows
 */
public record Section(String title, List<Row> rows) {}
