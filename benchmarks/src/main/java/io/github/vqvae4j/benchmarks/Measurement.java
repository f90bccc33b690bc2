package io.github.vqvae4j.benchmarks;

/**
 * The result of one turn of a process.
 *
 * @param seconds the median duration of a repetition
 * @param peakMebibytes the peak resident memory of the process so far in MiB, or NaN if the system
 *     does not report it
 * @param finishedAt the end of the turn in milliseconds since the epoch
 */
public record Measurement(double seconds, double peakMebibytes, long finishedAt) {}
