/**
 * Example programs for vqvae4j, one command each. Run {@code ./mvnw -q -f examples -Dargs="--help"}
 * for a list.
 *
 * <p>Where to start:
 *
 * <ul>
 *   <li>{@code MnistCommand} builds a VQ-VAE and {@code Training} trains, evaluates and saves it
 *   <li>{@code ReconstructCommand} and {@code DecodeCommand} load a model and use it
 *   <li>{@code FolderCommand} reads your own images
 *   <li>{@code GenerateCommand} trains a VQ-VAE and a prior over its codes, and generates images
 *   <li>{@code AutoencoderCommand}, {@code VaeCommand} and {@code LatentImages} show continuous
 *       latents: interpolation, latent arithmetic and samples
 *   <li>{@code PatchEncoder} is a custom encoder, {@code BinaryCommand} has a custom operation
 *   <li>{@code AnomalyCommand} and {@code SeriesCommand} detect anomalies in images and time series
 *   <li>{@code CodebookCommand} visualizes a codebook, {@code PaletteCommand} uses k-means
 *   <li>{@code FidelityCommand} compares training with published results
 * </ul>
 *
 * <p>{@link io.github.vqvae4j.examples.Main} parses the command line with picocli. {@code
 * TrainingCommand} is the base class of the commands that train an image model; charts are drawn
 * with XChart.
 */
package io.github.vqvae4j.examples;
