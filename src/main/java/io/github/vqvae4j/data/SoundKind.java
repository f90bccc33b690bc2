package io.github.vqvae4j.data;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a file is that is no WAV file, or the samples of one that is, for messages that say what to
 * do.
 */
final class SoundKind {
  /** So many bytes at the beginning of a file tell. */
  static final int BYTES = 64;

  static final String CONVERT =
      "; convert it, for example with ffmpeg -i IN -c:a pcm_s16le OUT.wav";

  /** The header of a RIFF file. */
  private static final int SHORTEST = 12;

  private static final String DOWNLOAD = "; download the sound itself";

  private record Magic(int offset, String bytes, String name) {}

  private static final List<Magic> MAGICS =
      List.of(
          new Magic(0, "fLaC", "FLAC"),
          new Magic(0, "OggS", "Ogg (Vorbis, Opus, ..)"),
          new Magic(0, "ID3", "MP3"),
          new Magic(4, "ftyp", "MP4 (M4A, AAC, ..)"),
          new Magic(0, "FORM", "AIFF or another IFF file"),
          new Magic(0, ".snd", "Sun AU"),
          new Magic(0, "RIFX", "RIFX, a WAV file whose high bytes come first"),
          new Magic(0, "riff", "Wave64 (W64)"),
          new Magic(0, "caff", "Core Audio (CAF)"),
          new Magic(0, "NIST_1A", "NIST SPHERE"),
          new Magic(0, "0&\u00b2u", "Windows Media (WMA)"),
          new Magic(0, "\u001aE\u00df\u00a3", "WebM or Matroska"),
          new Magic(0, "wvpk", "WavPack"),
          new Magic(0, "MAC ", "Monkey's Audio"),
          new Magic(0, "#!AMR", "AMR"),
          new Magic(0, "MThd", "MIDI, which has notes and no samples"));

  private static final Map<Integer, String> CODECS =
      Map.of(
          0x02, "Microsoft ADPCM",
          0x06, "A-law (G.711)",
          0x07, "mu-law (G.711)",
          0x11, "IMA ADPCM",
          0x31, "GSM 6.10",
          0x50, "MPEG audio",
          0x55, "MP3",
          0xFF, "AAC",
          0x161, "Windows Media");

  private SoundKind() {}

  /**
   * What is wrong with a file that is no WAV file.
   *
   * @param head its first {@link #BYTES}, or all of a shorter one
   */
  static String notWav(byte... head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    String page = text.replace("\u00ef\u00bb\u00bf", "").strip().toLowerCase(Locale.ROOT);
    if (page.startsWith("<!doctype") || page.startsWith("<html")) {
      return got("a web page (HTML)") + DOWNLOAD;
    }
    if (text.startsWith("version https://git-lfs")) {
      return got("the pointer of Git LFS to a file") + DOWNLOAD + " with git lfs pull";
    }
    return name(text)
        .map(name -> got(name) + CONVERT)
        .orElse(
            "not a sound of a known kind, expected a WAV file;"
                + (head.length < SHORTEST ? " it is empty or cut off, get it anew, or" : "")
                + " convert it to one, or check the path");
  }

  private static String got(String name) {
    return "got " + name + ", expected a WAV file";
  }

  private static Optional<String> name(String text) {
    if (text.startsWith("RIFF") && text.length() >= SHORTEST) {
      return Optional.of("RIFF with " + text.substring(8, SHORTEST).strip());
    }
    return MAGICS.stream()
        .filter(magic -> text.startsWith(magic.bytes, magic.offset))
        .map(Magic::name)
        .findFirst()
        .or(() -> mpeg(text));
  }

  /** A frame of MPEG audio without a header before it: eleven bits set, then version and layer. */
  private static Optional<String> mpeg(String text) {
    if (text.length() < 2 || text.charAt(0) != 0xff || text.charAt(1) < 0xe0) {
      return Optional.empty();
    }
    int layer = text.charAt(1) >> 1 & 3;
    if (layer == 1 || layer == 2) {
      return Optional.of("MP3");
    }
    return (text.charAt(1) & 0xf6) == 0xf0 ? Optional.of("AAC") : Optional.empty();
  }

  /** The samples that a format tag of a WAV file stands for. */
  static String codec(int tag) {
    return CODECS.getOrDefault(tag, String.format(Locale.ROOT, "format 0x%04x", tag));
  }
}
