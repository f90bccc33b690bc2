/** Models in servers: the requests of many threads are computed in batches. */
package io.github.vqvae4j.serve;
