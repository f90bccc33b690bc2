package io.github.vqvae4j.benchmarks.report;

import java.util.List;

/**
 * A measurement with a target.
 *
 * @param name what was measured
 * @param value this library's median over all rounds
 * @param peer the name of what it is compared with
 * @param peerValue the peer's median over all rounds
 * @param unit the unit of both values
 * @param ratio the median over the rounds of value / peer value in the same round
 * @param ratios the ratio of each round
 * @param target the target of the ratio in words
 * @param reached whether the ratio reaches the target
 */
public record TargetRow(
    String name,
    double value,
    String peer,
    double peerValue,
    String unit,
    double ratio,
    List<Double> ratios,
    String target,
    boolean reached) {}
