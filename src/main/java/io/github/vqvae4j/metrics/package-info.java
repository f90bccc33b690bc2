/**
 * Metrics of codebooks, reconstructions, generated images and scores, computed on heap arrays.
 *
 * <p>{@link io.github.vqvae4j.metrics.CodeUsage} counts codes and computes their perplexity; {@link
 * io.github.vqvae4j.metrics.UsageWindow} does so over the last batches. {@link
 * io.github.vqvae4j.metrics.Psnr} measures reconstruction quality, {@link
 * io.github.vqvae4j.metrics.PrecisionRecall} measures generated examples, {@link
 * io.github.vqvae4j.metrics.RocCurve} measures how well a score separates two classes, and {@link
 * io.github.vqvae4j.metrics.PrincipalAxes} performs principal component analysis, for plots of
 * codebooks and latents.
 *
 * <p>This package depends on no other package of the library.
 */
package io.github.vqvae4j.metrics;
