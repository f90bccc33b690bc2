/** What the packages under {@code data} share; not part of the API. */
package io.github.vqvae4j.data.internal;
