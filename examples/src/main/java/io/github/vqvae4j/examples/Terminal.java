package io.github.vqvae4j.examples;

import java.io.Console;

/** Detects an interactive terminal. */
final class Terminal {
  private Terminal() {}

  /** Returns whether input and output are a terminal that can update a line. */
  static boolean isInteractive() {
    Console console = System.console();
    return console != null && isTerminal(console) && !"dumb".equals(System.getenv("TERM"));
  }

  /** Since JDK 22, a console exists even without a terminal; a new method distinguishes the two. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
