package io.github.vqvae4j.benchmarks.report;

import java.util.List;

/**
 * A table of the page.
 *
 * @param title above it
 * @param rows in order
 */
public record Section(String title, List<Row> rows) {}
