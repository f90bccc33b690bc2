package io.github.vqvae4j.benchmarks.report;

/**
 * A short measurement that decides which variant of a peer is compared.
 *
 * @param workload what was measured
 * @param variant the variant
 * @param imagesPerSecond the throughput
 */
public record Trial(String workload, String variant, double imagesPerSecond) {}
