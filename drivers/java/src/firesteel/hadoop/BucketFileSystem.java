package firesteel.hadoop;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code s3://bucket/key} (also s3a, s3n) on folders of this machine: {@code <firesteel.buckets.root>/<bucket>/<key>},
 * without a server. What S3A refuses (append, truncate) is refused here too, so that a job which runs here runs there.
 *
 * <p>Extends FileSystem and not FilterFileSystem: its builders (openFile, createFile) and listings are made of the few
 * operations below, where a filter hands each of them the path of the other file system.
 */
public final class BucketFileSystem extends FileSystem {
  private static final Logger LOG = LoggerFactory.getLogger(BucketFileSystem.class);
  /** As S3A's default; decides into how many splits an RDD of a file falls. */
  private static final long BLOCK_BYTES = 32L << 20;
  private static final FsPermission FILE_MODE = new FsPermission((short) 0666);
  private static final FsPermission FOLDER_MODE = new FsPermission((short) 0777);

  private final RawLocalFileSystem local = new RawLocalFileSystem();
  private URI uri;
  private BucketDirectory bucket;
  private Path workingDirectory;

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    super.initialize(name, configuration);
    setConf(configuration);
    local.initialize(URI.create("file:///"), configuration);
    bucket = BucketDirectory.of(name.getAuthority(), configuration);
    bucket.require();
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    workingDirectory = getHomeDirectory();
  }

  @Override
  public URI getUri() {
    return uri;
  }

  @Override
  public String getScheme() {
    return uri.getScheme();
  }

  /** None: the inherited answer asks the name service for a host of the bucket's name. */
  @Override
  public String getCanonicalServiceName() {
    return null;
  }

  @Override
  public Path getWorkingDirectory() {
    return workingDirectory;
  }

  @Override
  public void setWorkingDirectory(Path path) {
    workingDirectory = makeQualified(path);
  }

  /** The method without a path is deprecated, and still the one that Hadoop 2's FileStatus and writers ask. */
  @Override
  @Deprecated
  public long getDefaultBlockSize() {
    return BLOCK_BYTES;
  }

  @Override
  public FSDataInputStream open(Path path, int bufferBytes) throws IOException {
    FileStatus status = getFileStatus(path);
    if (status.isDirectory()) {
      throw new FileNotFoundException(status.getPath() + " is a prefix of other keys, not an object");
    }
    return local.open(localPath(bucket.file(key(path))), bufferBytes);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferBytes,
      short replication,
      long blockBytes,
      Progressable progress)
      throws IOException {
    String key = key(path);
    java.nio.file.Path file = bucket.writableFile(key);
    if (Files.isDirectory(file)) {
      throw new FileAlreadyExistsException(
          makeQualified(path) + " is a prefix of other keys: a folder cannot hold an object of that name beside them");
    }
    if (!overwrite && Files.exists(file)) {
      throw new FileAlreadyExistsException(makeQualified(path) + " already exists");
    }
    bucket.makeFolders(file.getParent(), key);
    bucket.makeFolders(bucket.staging, key);
    return new FSDataOutputStream(new StagedOutputStream(bucket.staging, file), statistics);
  }

  @Override
  public FSDataOutputStream createNonRecursive(
      Path path,
      FsPermission permission,
      EnumSet<CreateFlag> flags,
      int bufferBytes,
      short replication,
      long blockBytes,
      Progressable progress)
      throws IOException {
    if (path.getParent() != null) {
      getFileStatus(path.getParent());
    }
    boolean overwrite = flags.contains(CreateFlag.OVERWRITE);
    return create(path, permission, overwrite, bufferBytes, replication, blockBytes, progress);
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferBytes, Progressable progress) {
    throw new UnsupportedOperationException("Append is not supported on " + uri + ": S3 has no such operation");
  }

  /** As HDFS: onto a folder moves into it, onto an object answers false. */
  @Override
  public boolean rename(Path source, Path target) throws IOException {
    java.nio.file.Path to = bucket.writableFile(key(target));
    Path destination = Files.isDirectory(to) ? child(makeQualified(target), source.getName()) : target;
    if (makeQualified(source).equals(makeQualified(destination))) {
      return getFileStatus(source).isFile();
    }
    if (Files.exists(bucket.writableFile(key(destination)))) {
      return false;
    }
    rename(source, destination, Options.Rename.NONE);
    return true;
  }

  /** Moves to exactly this key, in one step; only with OVERWRITE over an object or an empty folder that is there. */
  @Override
  public void rename(Path source, Path target, Options.Rename... options) throws IOException {
    String sourceKey = key(source);
    String targetKey = key(target);
    java.nio.file.Path from = bucket.writableFile(sourceKey);
    java.nio.file.Path to = bucket.writableFile(targetKey);
    FileStatus status = getFileStatus(source);
    if (sourceKey.isEmpty() || targetKey.isEmpty() || (targetKey + "/").startsWith(sourceKey + "/")) {
      throw new IOException("Cannot rename " + makeQualified(source) + " to " + makeQualified(target));
    }
    if (Files.exists(to)) {
      if (!Arrays.asList(options).contains(Options.Rename.OVERWRITE)) {
        throw new FileAlreadyExistsException(makeQualified(target) + " already exists");
      }
      if (Files.isDirectory(to) != status.isDirectory()) {
        throw new IOException("Cannot rename " + makeQualified(source) + " over " + makeQualified(target)
            + ": one is an object, the other a prefix of further keys");
      }
    }
    bucket.makeFolders(to.getParent(), targetKey);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Of the bucket itself only the contents go: a bucket is not a job's to delete. */
  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    String key = key(path);
    java.nio.file.Path file = bucket.writableFile(key);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
      if (!recursive && listStatus(path).length > 0) {
        throw new PathIsNotEmptyDirectoryException(makeQualified(path).toString());
      }
      deleteTree(file, key.isEmpty());
      return true;
    }
    return Files.deleteIfExists(file);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus status = getFileStatus(path);
    if (status.isFile()) {
      return new FileStatus[] {status};
    }
    List<FileStatus> found = new ArrayList<>();
    try (DirectoryStream<java.nio.file.Path> entries = Files.newDirectoryStream(bucket.file(key(path)))) {
      for (java.nio.file.Path entry : entries) {
        FileStatus child = bucket.isStaging(entry) ? null : entryStatus(status.getPath(), entry);
        if (child != null) {
          found.add(child);
        }
      }
    }
    FileStatus[] children = found.toArray(new FileStatus[0]);
    Arrays.sort(children);
    return children;
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    String key = key(path);
    java.nio.file.Path folder = bucket.writableFile(key);
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new FileAlreadyExistsException(makeQualified(path) + " is an object");
    }
    bucket.makeFolders(folder, key);
    return true;
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    java.nio.file.Path file = bucket.file(key(path));
    FileStatus status = status(makeQualified(path), file);
    if (status == null) {
      throw new FileNotFoundException("No such file or directory: " + makeQualified(path));
    }
    return status;
  }

  /** Null where there is neither an object nor a folder (nothing, or a pipe or device put there by hand). */
  private FileStatus status(Path path, java.nio.file.Path file) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException missing) {
      return null;
    } catch (java.nio.file.FileSystemException error) {
      if (isBelowObject(file)) {
        return null;
      }
      throw error;
    }
    if (!attributes.isDirectory() && !attributes.isRegularFile()) {
      return null;
    }
    // RawLocalFileSystem's own status would start a process for the owner and the mode of each file.
    String user = System.getProperty("user.name");
    return new FileStatus(
        attributes.isDirectory() ? 0 : attributes.size(),
        attributes.isDirectory(),
        1,
        BLOCK_BYTES,
        attributes.lastModifiedTime().toMillis(),
        0,
        attributes.isDirectory() ? FOLDER_MODE : FILE_MODE,
        user,
        user,
        path);
  }

  private FileStatus entryStatus(Path parent, java.nio.file.Path entry) throws IOException {
    Path path = child(parent, entry.getFileName().toString());
    if (!bucket.holds(entry)) {
      LOG.warn("{} is left out of the listing: it is a link that leads out of the bucket or to nothing", path);
      return null;
    }
    return status(path, entry);
  }

  /** By scheme, authority and path: a constructor that parses text would read a colon in the name as a scheme. */
  private Path child(Path parent, String name) {
    String prefix = parent.toUri().getPath();
    return new Path(uri.getScheme(), uri.getAuthority(), prefix.endsWith("/") ? prefix + name : prefix + "/" + name);
  }

  private String key(Path path) {
    checkPath(path);
    String absolute = makeQualified(path).toUri().getPath();
    return absolute.startsWith("/") ? absolute.substring(1) : absolute;
  }

  private static Path localPath(java.nio.file.Path file) {
    return new Path("file", null, file.toString());
  }

  private static boolean isBelowObject(java.nio.file.Path file) {
    for (java.nio.file.Path above = file.getParent(); above != null; above = above.getParent()) {
      if (Files.exists(above)) {
        return !Files.isDirectory(above);
      }
    }
    return false;
  }

  private void deleteTree(java.nio.file.Path tree, boolean keepTop) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<java.nio.file.Path>() {
          @Override
          public FileVisitResult preVisitDirectory(java.nio.file.Path folder, BasicFileAttributes attributes) {
            return bucket.isStaging(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(java.nio.file.Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(java.nio.file.Path folder, IOException error)
              throws IOException {
            if (error != null) {
              throw error;
            }
            if (!keepTop || !folder.equals(tree)) {
              Files.deleteIfExists(folder);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
