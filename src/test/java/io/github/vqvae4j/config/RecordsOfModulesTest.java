package io.github.vqvae4j.config;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records in a user's named module. */
class RecordsOfModulesTest {
  @TempDir private Path folder;

  /** Compiles a module and returns {@code Size(3, 5)} from its package my.settings. */
  private Record size(String modifier, String directive) throws Exception {
    Path info = write("module-info.java", "module my.module { exports my; " + directive + " }");
    write(
        "my/settings/Size.java",
        "package my.settings; " + modifier + " record Size(int height, int width) {}");
    write(
        "my/settings/Maker.java",
        "package my.settings; public class Maker { public static Record make() {"
            + " return new Size(3, 5); } }");
    Path main =
        write(
            "my/Main.java",
            "package my; public class Main { public static Record make() {"
                + " return my.settings.Maker.make(); } }");
    Path classes = folder.resolve("classes");
    String[] arguments = {
      "-d", classes.toString(), "-sourcepath", folder.toString(), info.toString(), main.toString()
    };
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
    Configuration configuration =
        ModuleLayer.boot()
            .configuration()
            .resolve(ModuleFinder.of(classes), ModuleFinder.of(), Set.of("my.module"));
    return (Record)
        ModuleLayer.boot()
            .defineModulesWithOneLoader(configuration, null)
            .findLoader("my.module")
            .loadClass("my.Main")
            .getMethod("make")
            .invoke(null);
  }

  private Path write(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void publicRecordsInExportedPackagesAreCopied() throws Exception {
    assertCopied(size("public", "exports my.settings;"));
  }

  @Test
  void recordsInOpenPackagesAreCopied() throws Exception {
    assertCopied(size("", "opens my.settings;"));
  }

  private static void assertCopied(Record size) {
    assertEquals("my.module", size.getClass().getModule().getName());
    assertArrayEquals(new Object[] {3, 5}, Records.values(size));
    assertEquals("Size[height=3, width=7]", Records.with(size, "width", 7).toString());
    assertEquals(size, Records.create(size.getClass(), 3, 5));
  }

  @Test
  void closedPackagesAreRejected() throws Exception {
    assertRejected(size("public", ""));
  }

  @Test
  void nonPublicRecordsAreRejected() throws Exception {
    assertRejected(size("", "exports my.settings;"));
  }

  private static void assertRejected(Record size) {
    String[] parts = {
      "my.settings.Size is not accessible to vqvae4j",
      "Add \"opens my.settings to io.github.vqvae4j;\" to the module-info.java of my.module",
      "make the record public and export its package"
    };
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Records.with(size, "width", 7)), parts);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Records.values(size)), parts);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Records.create(size.getClass(), 3, 5)),
        parts);
  }
}
