/**
 * What the models and their uses share, but not with users: model files, chunks of images and
 * checks. Not part of the API; may change in any release.
 */
package io.github.vqvae4j.model.internal;
