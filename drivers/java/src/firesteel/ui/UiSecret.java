package firesteel.ui;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.util.Properties;

/** What tells the server's requests from those of everybody else on this machine. */
final class UiSecret {
    static final String HEADER = "X-Firesteel-Ui-Secret";

    private final byte[] secret;

    private UiSecret(byte[] secret) {
        this.secret = secret;
    }

    /** The run's own, from its configuration directory. Without one nobody gets in. */
    static UiSecret read() throws IOException {
        String directory = System.getenv("SPARK_CONF_DIR");
        if (directory == null) throw new IOException("SPARK_CONF_DIR is not set");
        Path file = Paths.get(directory, "ui.properties");
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        String value = properties.getProperty("secret", "");
        if (value.length() < 32) throw new IOException(file + " holds no secret");
        return new UiSecret(value.getBytes(StandardCharsets.UTF_8));
    }

    boolean matches(String given) {
        // Takes as long for a wrong guess as for a right one.
        return given != null && MessageDigest.isEqual(secret, given.getBytes(StandardCharsets.UTF_8));
    }
}
