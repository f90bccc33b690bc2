/**
 * Training and evaluation of models of any kind.
 *
 * <p>Start with {@link io.github.vqvae4j.train.Trainer}, which runs an {@link
 * io.github.vqvae4j.train.Optimizer} such as {@link io.github.vqvae4j.train.Adam} over data of any
 * kind and returns a {@link io.github.vqvae4j.train.TrainingReport}. A model is a {@link
 * io.github.vqvae4j.train.Trainable}; one with several losses, such as a GAN, has several {@link
 * io.github.vqvae4j.train.Objective}s. A custom training loop reports its progress through {@link
 * io.github.vqvae4j.train.TrainingRun#execute}.
 *
 * <p>Each batch is computed by several {@linkplain io.github.vqvae4j.train.Trainer#workers
 * workers}, one per core. A worker is a thread with its share of the examples; the gradients of all
 * shares are summed before the optimizer updates the parameters.
 *
 * <ul>
 *   <li>Learning rate: {@link io.github.vqvae4j.train.Schedule}, {@link
 *       io.github.vqvae4j.train.LearningRateFinder}.
 *   <li>Listeners ({@link io.github.vqvae4j.train.TrainingListener}): {@link
 *       io.github.vqvae4j.train.ProgressLog} shows progress, {@link
 *       io.github.vqvae4j.train.RunFolder} writes checkpoints, metrics and sample images, {@link
 *       io.github.vqvae4j.train.CodebookMonitor} warns of codebook collapse.
 *   <li>Metrics: {@link io.github.vqvae4j.train.Evaluation}, {@link
 *       io.github.vqvae4j.train.CodebookReport}, {@link io.github.vqvae4j.train.ModelStatistics}.
 *   <li>Errors: {@link io.github.vqvae4j.train.DivergenceException}.
 * </ul>
 *
 * <p>The package depends on {@code config}, {@code data}, {@code io}, {@code memory}, {@code
 * metrics}, {@code nn}, {@code parallel}, {@code random} and {@code tensor}; it knows no concrete
 * model. A guide is in {@code docs/guides/training.md}.
 */
package io.github.vqvae4j.train;
