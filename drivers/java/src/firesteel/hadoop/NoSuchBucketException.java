package firesteel.hadoop;

import java.io.IOException;

/**
 * A bucket that is not there. Deliberately no FileNotFoundException: FileSystem.exists() turns that one into "false",
 * and a job that misspells its bucket would read nothing instead of failing.
 */
public final class NoSuchBucketException extends IOException {
  private static final long serialVersionUID = 1L;

  NoSuchBucketException(String bucket) {
    super("The specified bucket does not exist: " + bucket + " (NoSuchBucket)");
  }
}
