package firesteel.hadoop;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** {@link BucketFileSystem} for users of FileContext, such as the checkpoints of structured streaming. */
public final class BucketAbstractFileSystem extends DelegateToFileSystem {
  /**
   * FileContext calls this by reflection. An authority is needed, but saying so would ask for a default port, which a
   * bucket has not (S3A's own class says "false" too); BucketFileSystem refuses an address without one.
   */
  public BucketAbstractFileSystem(URI uri, Configuration configuration) throws IOException, URISyntaxException {
    super(uri, new BucketFileSystem(), configuration, uri.getScheme(), false);
  }

  /** In one step: the inherited way deletes the old file first, and a crash in between would lose a checkpoint. */
  @Override
  public void renameInternal(Path source, Path target, boolean overwrite) throws IOException {
    ((BucketFileSystem) fsImpl).rename(source, target, overwrite ? Options.Rename.OVERWRITE : Options.Rename.NONE);
  }

  /** The inherited check refuses colons; the file system knows which keys it cannot hold. */
  @Override
  public boolean isValidName(String name) {
    return true;
  }
}
