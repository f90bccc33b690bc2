/**
 * Time series of one or more channels: {@link io.github.vqvae4j.data.series.CsvSeries} and {@link
 * io.github.vqvae4j.data.series.WavFiles} read {@link io.github.vqvae4j.data.series.Series} from
 * tables and audio files. The windows of a series are images of height 1, [count, 1, time,
 * channels].
 */
package io.github.vqvae4j.data.series;
