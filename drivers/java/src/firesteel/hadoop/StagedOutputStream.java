package firesteel.hadoop;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An object that is being written. As on S3 it appears as a whole when the stream is closed; until then its bytes are
 * in the staging folder. A writer that dies leaves no object, and its file is removed by a later writer: a staged file
 * stays locked for as long as its writer lives.
 */
final class StagedOutputStream extends OutputStream {
  private static final int BUFFER_BYTES = 64 * 1024;
  private static final long ABANDONED_AFTER_MS = TimeUnit.HOURS.toMillis(1);
  /** Begins the names of every Spark's files: the server stages objects in the same folder, without locks. */
  private static final String PREFIX = "spark-";
  /** Begins the names of this JVM's files: closing any descriptor of a file drops this process's lock on it. */
  private static final String WRITER = PREFIX + UUID.randomUUID();

  private static final Set<Path> SWEPT = ConcurrentHashMap.newKeySet();

  private final Path staged;
  private final Path target;
  private final OutputStream out;
  private boolean closed;

  StagedOutputStream(Path staging, Path target) throws IOException {
    this.target = target;
    if (SWEPT.add(staging)) {
      removeAbandoned(staging);
    }
    staged = staging.resolve(WRITER + "." + UUID.randomUUID());
    FileChannel channel = FileChannel.open(staged, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.lock();
    // The data directory keeps other users out; within it the server's user and the drivers' share every object.
    Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rw-rw-rw-"));
    out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
  }

  @Override
  public void write(int value) throws IOException {
    out.write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close();
      publish();
    } catch (IOException | RuntimeException error) {
      Files.deleteIfExists(staged);
      throw error;
    }
  }

  private void publish() throws IOException {
    try {
      Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException otherFileSystem) {
      // A bucket that is a mount of its own: the object appears while it is copied.
      Files.move(staged, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void removeAbandoned(Path staging) throws IOException {
    long before = System.currentTimeMillis() - ABANDONED_AFTER_MS;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(staging, PREFIX + "*")) {
      for (Path file : files) {
        if (!file.getFileName().toString().startsWith(WRITER)) {
          removeIfAbandoned(file, before);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path file, long before) throws IOException {
    try {
      if (Files.getLastModifiedTime(file).toMillis() > before) {
        return;
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null) {
          Files.delete(file);
        }
      }
    } catch (NoSuchFileException publishedMeanwhile) {
      return;
    }
  }
}
