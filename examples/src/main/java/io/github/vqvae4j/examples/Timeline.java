package io.github.vqvae4j.examples;

import java.util.Locale;

/**
 * Maps samples of a section of a series to their time or position in the file.
 *
 * @param start the zero-based index of the section's first sample
 * @param rate the number of samples per second, or 0 if unknown
 */
record Timeline(int start, double rate) {
  /**
   * Returns the time of a sample of the section in seconds or, without a rate, its index in the
   * file.
   */
  double position(int sample) {
    return rate == 0 ? start + sample : (start + sample) / rate;
  }

  /** Returns the quantity and unit of {@link #position}. */
  String unit() {
    return rate == 0 ? "sample" : "time in s";
  }

  /** Formats the position of a sample: {@code 2.500 s} or {@code sample 54999}. */
  String at(int sample) {
    return rate == 0 ? "sample " + (start + sample) : seconds(position(sample));
  }

  /**
   * Formats the interval from {@code start} to the sample before {@code end}: {@code from 2.500 s
   * to 2.750 s} or {@code samples 54999 to 55098}, inclusive.
   */
  String interval(int first, int end) {
    if (rate != 0) {
      return "from " + at(first) + " to " + at(end);
    }
    return end - first == 1 ? at(first) : "samples " + (start + first) + " to " + (start + end - 1);
  }

  /** Formats the length and start of the section: {@code 12000 samples, starting at 48000}. */
  String extent(int samples) {
    String length = rate == 0 ? samples + " samples" : seconds(samples / rate);
    String begin = rate == 0 ? Integer.toString(start) : at(0);
    return length + (start == 0 ? "" : ", starting at " + begin);
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f s", value);
  }
}
