package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * The calibration of an {@link AnomalyDetector} on normal images, as stored in its file.
 *
 * @param modelChecksum the checksum of the weights of the calibrated model
 * @param config the settings
 * @param normalImages the number of normal images
 * @param imageErrors the statistics of the errors of images
 * @param pixelErrors the statistics of the errors of pixels
 * @param threshold the threshold of an image's total score
 * @param heatThreshold the threshold of a pixel's heat
 */
// The record's simple name is the name of its files' format: it must not change.
record AnomalyCalibration(
    long modelChecksum,
    AnomalyConfig config,
    int normalImages,
    NormalErrors imageErrors,
    NormalErrors pixelErrors,
    double threshold,
    double heatThreshold) {
  AnomalyCalibration {
    if (normalImages < 1) {
      throw new IllegalArgumentException(
          "AnomalyCalibration: expected at least 1 normal image, got "
              + normalImages
              + ". Calibrate the detector again.");
    }
  }

  static AnomalyCalibration read(Path file, ImageModel model) throws IOException {
    AnomalyCalibration calibration =
        RecordFile.read(file, AnomalyCalibration.class, "AnomalyDetector.save");
    if (calibration.modelChecksum != checksum(model)) {
      throw new BadFileException(
          file,
          "modelChecksum",
          "expected "
              + checksum(model)
              + ", the checksum of this model's weights, got "
              + calibration.modelChecksum
              + "; load the model that the detector was calibrated with, or calibrate it again");
    }
    return calibration;
  }

  /** Returns the CRC-32 of the names and values of all parameters and buffers. */
  static long checksum(ImageModel model) {
    CRC32 crc = new CRC32();
    model
        .variables()
        .forEach(
            (name, variable) -> {
              crc.update(name.getBytes(StandardCharsets.UTF_8));
              for (float value : variable.toFloats()) {
                int bits = Float.floatToIntBits(value);
                for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                  crc.update(bits >> shift);
                }
              }
            });
    return crc.getValue();
  }
}
