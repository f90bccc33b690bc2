/**
 * Anomaly detection: {@link io.github.vqvae4j.anomaly.AnomalyDetector} detects images and windows
 * of series that a trained model represents poorly, or whose codes a prior finds improbable.
 *
 * <p>The package depends on {@code config}, {@code data}, {@code io}, {@code model}, {@code nn},
 * {@code prior}, {@code quantize} and {@code tensor}.
 */
package io.github.vqvae4j.anomaly;
