/**
 * Well-known datasets: {@link io.github.vqvae4j.data.datasets.Mnist}, {@link
 * io.github.vqvae4j.data.datasets.FashionMnist} and {@link
 * io.github.vqvae4j.data.datasets.Cifar10}, downloaded to a cache or read from a folder.
 */
package io.github.vqvae4j.data.datasets;
