/**
 * The loggers of the library, which are not silent without an SLF4J provider. They may change in
 * any release.
 */
package io.github.vqvae4j.log.internal;
