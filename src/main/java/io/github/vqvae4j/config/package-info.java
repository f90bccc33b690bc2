/** Settings as immutable records: copies with changes, and what later versions added to them. */
package io.github.vqvae4j.config;
