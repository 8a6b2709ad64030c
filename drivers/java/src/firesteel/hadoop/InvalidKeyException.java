package firesteel.hadoop;

import java.io.IOException;

/** A key that S3 would take and a folder of this machine cannot hold. */
public final class InvalidKeyException extends IOException {
  private static final long serialVersionUID = 1L;

  InvalidKeyException(String bucket, String key, String reason) {
    super("The key " + key + " of bucket " + bucket + " cannot be kept in a folder: " + reason);
  }
}
