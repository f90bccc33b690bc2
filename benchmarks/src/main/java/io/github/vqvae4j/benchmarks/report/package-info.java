/** What the benchmark found, as a page, as JSON and as a chart. */
package io.github.vqvae4j.benchmarks.report;
