package firesteel.hadoop;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.security.AccessControlException;

/** The folder behind one bucket: finds the file of a key, and lets no key lead out of the folder. */
final class BucketDirectory {
  /** Folder that holds one folder for each bucket. */
  static final String ROOT = "firesteel.buckets.root";
  /** Folder behind every bucket named {@code <region>.elasticmapreduce}; optional, read-only. */
  static final String SAMPLES = "firesteel.buckets.samples";
  /**
   * Name of the folder in each bucket for objects that are being written, which is no key: a driver sees each bucket as
   * a mount of its own, and only within one can a file be moved in one step.
   */
  static final String STAGING = ".firesteel-staging";

  private static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  /** AWS keeps the samples of its guide in one such bucket for each region; the guide prints REGION in capitals. */
  private static final Pattern SAMPLES_BUCKET = Pattern.compile("[A-Za-z0-9-]+\\.elasticmapreduce");
  private static final int MAX_PART_BYTES = 255;

  final String bucket;
  final boolean readOnly;
  final Path staging;
  private final Path directory;

  private BucketDirectory(String bucket, boolean readOnly, Path directory, Path staging) {
    this.bucket = bucket;
    this.readOnly = readOnly;
    this.directory = directory;
    this.staging = staging;
  }

  static BucketDirectory of(String bucket, Configuration configuration) throws IOException {
    if (bucket == null) {
      throw new IOException("An s3:// address needs the name of a bucket: s3://bucket/key");
    }
    String samples = configuration.get(SAMPLES);
    if (SAMPLES_BUCKET.matcher(bucket).matches() && samples != null) {
      return new BucketDirectory(bucket, true, Paths.get(samples).toAbsolutePath(), null);
    }
    String root = configuration.get(ROOT);
    if (root == null) {
      throw new IOException(ROOT + " is not set: it names the folder that holds the buckets");
    }
    if (!BUCKET_NAME.matcher(bucket).matches() || bucket.contains("..")) {
      throw new IOException("The specified bucket is not valid: " + bucket + " (InvalidBucketName)");
    }
    Path folder = Paths.get(root).toAbsolutePath().resolve(bucket);
    return new BucketDirectory(bucket, false, folder, folder.resolve(STAGING));
  }

  /** The folder itself, once it is known to be there. A link in its place is no bucket: it could lead anywhere. */
  Path require() throws IOException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw new NoSuchBucketException(bucket);
    }
    return directory;
  }

  /** The file of a key, which may not exist yet; the empty key is the bucket itself. */
  Path file(String key) throws IOException {
    Path base = require();
    if (key.isEmpty()) {
      return base;
    }
    if (key.equals(STAGING) || key.startsWith(STAGING + "/")) {
      throw new InvalidKeyException(bucket, key, "its first part is the name of a folder of Firesteel's");
    }
    Path file = base;
    for (String part : key.split("/", -1)) {
      file = file.resolve(checkedPart(key, part));
    }
    requireInside(base, file, key);
    return file;
  }

  /** {@link #file} for an operation that changes something. */
  Path writableFile(String key) throws IOException {
    if (readOnly) {
      throw new AccessControlException("Access Denied: the bucket " + bucket + " of samples is read-only");
    }
    return file(key);
  }

  boolean isStaging(Path entry) {
    return entry.equals(staging);
  }

  /** Whether an entry of a folder of this bucket is what it seems, and no link that leads out. */
  boolean holds(Path entry) throws IOException {
    if (!Files.isSymbolicLink(entry)) {
      return true;
    }
    try {
      return entry.toRealPath().startsWith(require().toRealPath());
    } catch (NoSuchFileException dangling) {
      return false;
    }
  }

  /** Makes a folder and its parents, open to the server's user as to the drivers', whatever their umask. */
  void makeFolders(Path folder, String key) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new ParentNotDirectoryException(
          "The key " + key + " cannot be kept beside the object " + relative(folder) + " of bucket " + bucket
              + ": a folder holds either an object or further keys of that name");
    }
    makeFolders(folder.getParent(), key);
    try {
      Files.createDirectory(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    } catch (FileAlreadyExistsException madeMeanwhile) {
      makeFolders(folder, key);
    }
  }

  private String checkedPart(String key, String part) throws IOException {
    if (part.isEmpty()) {
      throw new InvalidKeyException(bucket, key, "it has an empty part (//, or a slash at an end)");
    }
    if (part.equals(".") || part.equals("..")) {
      throw new InvalidKeyException(bucket, key, "it has a part " + part);
    }
    if (part.indexOf('\0') >= 0 || part.indexOf(File.separatorChar) >= 0) {
      throw new InvalidKeyException(bucket, key, "it has a character that no file name can have");
    }
    int bytes = part.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_PART_BYTES) {
      throw new InvalidKeyException(
          bucket, key, "a part between slashes has " + bytes + " bytes, more than " + MAX_PART_BYTES);
    }
    try {
      Paths.get(part);
    } catch (InvalidPathException error) {
      // A JVM without a UTF-8 locale cannot name such files at all (sun.jnu.encoding), whatever its file.encoding.
      throw new InvalidKeyException(
          bucket, key, "this JVM names files in " + System.getProperty("sun.jnu.encoding") + "; set LC_ALL=C.UTF-8");
    }
    return part;
  }

  /** Follows the links on the way to a file, as far as it exists, and refuses a way that leaves the bucket. */
  private void requireInside(Path base, Path file, String key) throws IOException {
    Path existing = file;
    while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    Path real;
    try {
      real = existing.toRealPath();
    } catch (NoSuchFileException dangling) {
      real = null;
    }
    if (real == null || !real.startsWith(base.toRealPath())) {
      throw new AccessControlException("Access Denied: the key " + key + " leads out of bucket " + bucket);
    }
  }

  private String relative(Path file) {
    return directory.relativize(file).toString();
  }
}
