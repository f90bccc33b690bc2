package io.github.vqvae4j.model;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * What an {@link AnomalyDetector} has learned of normal images, as it stands in its file.
 *
 * @param modelChecksum of the weights of the model that it belongs to
 * @param normalImages how many images it learned from
 * @param imageErrors the errors of images
 * @param pixelErrors the errors of pixels
 * @param threshold of an image's total score
 * @param heatThreshold of a pixel's heat
 */
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
              + "; calibrate anew.");
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
              + "; load the model that the detector was calibrated with, or calibrate anew");
    }
    return calibration;
  }

  /** CRC-32 of all parameters and buffers and their names. */
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
