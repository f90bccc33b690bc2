/**
 * What the trainer needs to know of concrete models, and learns from those that implement it. Not
 * part of the API; may change in any release.
 */
package io.github.vqvae4j.train.internal;
