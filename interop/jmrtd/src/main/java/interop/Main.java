package interop;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.logging.LogManager;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.json.JSONObject;

/**
 * Reads cards with JMRTD: one question a line on standard input, one answer a line on standard output.
 *
 * <pre>
 * {"reader": NAME, "key": {"mrz" | "can" | "pin" | "puk": TEXT}, "csca": BASE64, "day": "2026-11-21",
 *  "block": longest block to ask for, "sfi": whether files are read by short identifiers}
 * {"access": TEXT, "files": {NAME: BASE64}, "checks": {NAME: "passed" or why not}, "error": TEXT if it ended early}
 * </pre>
 */
public final class Main {
  public static void main(String[] arguments) throws Exception {
    // First, as on Android: JMRTD names keys in ways that only this provider takes.
    Security.insertProviderAt(new BouncyCastleProvider(), 1);
    // What goes wrong is in the answers.
    LogManager.getLogManager().reset();
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      System.out.println(new Reading(new JSONObject(line)).run());
    }
  }

  /** The exceptions from the outermost to the cause, in one line. */
  static String words(Throwable thrown) {
    StringBuilder words = new StringBuilder();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      words.append(words.isEmpty() ? "" : " <- ");
      words.append(each.getClass().getSimpleName()).append(": ").append(each.getMessage());
    }
    return words.toString();
  }
}
