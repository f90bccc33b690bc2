package io.github.vqvae4j.benchmarks;

/**
 * What a process found in one turn.
 *
 * @param seconds median of one repetition
 * @param peakMebibytes the largest resident memory of the process until now, 2^20 bytes each; NaN
 *     where the system does not say
 * @param finishedAt when it was done, in milliseconds since 1970
 */
public record Measurement(double seconds, double peakMebibytes, long finishedAt) {}
