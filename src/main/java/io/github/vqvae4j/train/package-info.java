/**
 * Training and evaluation of image models.
 *
 * <p>Start with {@link io.github.vqvae4j.train.Trainer}, which runs an {@link
 * io.github.vqvae4j.train.Optimizer} such as {@link io.github.vqvae4j.train.Adam} over a dataset
 * and returns a {@link io.github.vqvae4j.train.TrainingReport}. {@link
 * io.github.vqvae4j.train.Recipe} provides published models with their training settings.
 *
 * <ul>
 *   <li>Learning rate: {@link io.github.vqvae4j.train.Schedule}, {@link
 *       io.github.vqvae4j.train.LearningRateFinder}.
 *   <li>Listeners ({@link io.github.vqvae4j.train.TrainingListener}): {@link
 *       io.github.vqvae4j.train.ProgressLog} logs progress, {@link
 *       io.github.vqvae4j.train.RunFolder} writes checkpoints, metrics and sample images, {@link
 *       io.github.vqvae4j.train.CodebookMonitor} warns of codebook collapse.
 *   <li>Metrics: {@link io.github.vqvae4j.train.Evaluation}, {@link
 *       io.github.vqvae4j.train.CodebookReport}, {@link io.github.vqvae4j.train.ModelStatistics}.
 *   <li>Errors: {@link io.github.vqvae4j.train.DivergenceException}.
 * </ul>
 *
 * <p>The package depends on the models and datasets of this library; no other package depends on
 * it. A guide is in {@code docs/guides/training.md}.
 */
package io.github.vqvae4j.train;
