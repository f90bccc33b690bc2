package io.github.vqvae4j.examples;

import java.util.Locale;

/**
 * Where in its file a part of a series stands.
 *
 * @param start the part's first sample, counted from 0
 * @param rate samples in a second, 0 if that is not known
 */
record Timeline(int start, double rate) {
  /** Of a sample of the part: seconds, or without a rate the sample's number, in the file. */
  double position(int sample) {
    return rate == 0 ? start + sample : (start + sample) / rate;
  }

  /** The same for people: {@code 2.500 s} or {@code sample 54999}. */
  String at(int sample) {
    return rate == 0 ? "sample " + (start + sample) : seconds(position(sample));
  }

  /**
   * From one sample to before another: {@code from 2.500 s to 2.750 s} or {@code samples 54999 to
   * 55098}, with the last one.
   */
  String stretch(int from, int to) {
    if (rate != 0) {
      return "from " + at(from) + " to " + at(to);
    }
    return to - from == 1 ? at(from) : "samples " + (start + from) + " to " + (start + to - 1);
  }

  /** How long the part is, and where it begins: {@code 12000 samples, from 48000 on}. */
  String whole(int samples) {
    String length = rate == 0 ? samples + " samples" : seconds(samples / rate);
    String begin = rate == 0 ? Integer.toString(start) : at(0);
    return length + (start == 0 ? "" : ", from " + begin + " on");
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.3f s", value);
  }
}
