/**
 * Reports of benchmark results: a {@link io.github.vqvae4j.benchmarks.report.Page} in Markdown and
 * JSON, charts, and the description of the {@link io.github.vqvae4j.benchmarks.report.Machine}.
 */
package io.github.vqvae4j.benchmarks.report;
