/** Seedable random numbers, the same on every JDK. This package stands below all others. */
package io.github.vqvae4j.random;
