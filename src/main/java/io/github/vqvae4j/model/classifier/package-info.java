/**
 * A small image classifier, with which generated images are measured: {@link
 * io.github.vqvae4j.model.classifier.ImageClassifier} recognizes classes and has features for
 * {@link io.github.vqvae4j.metrics.PrecisionRecall}; {@link
 * io.github.vqvae4j.model.classifier.ClassificationAccuracy} trains one on generated images and
 * tests it on real ones.
 */
package io.github.vqvae4j.model.classifier;
