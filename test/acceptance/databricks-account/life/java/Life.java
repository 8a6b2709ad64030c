import com.databricks.sdk.AccountClient;
import com.databricks.sdk.WorkspaceClient;
import com.databricks.sdk.core.ApiClient;
import com.databricks.sdk.core.DatabricksConfig;
import com.databricks.sdk.core.DatabricksError;
import com.databricks.sdk.core.http.Request;
import com.databricks.sdk.service.iam.ListUsersRequest;
import com.databricks.sdk.service.iam.MeRequest;
import com.databricks.sdk.service.provisioning.*;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole life of a workspace by the Databricks SDK for Java as it comes from Maven Central, once with a personal
 * access token and once with OAuth machine to machine. Prints what main.go and life.py print.
 */
public class Life {
  public static void main(String[] args) throws Exception {
    life("pat");
    life("oauth-m2m");
  }

  static void life(String authType) throws Exception {
    System.out.println("# " + authType);
    var account = new AccountClient(config(authType).setAccountId(System.getenv("DATABRICKS_ACCOUNT_ID")));

    var credentials = account.credentials().create(new CreateCredentialRequest()
        .setCredentialsName("main")
        .setAwsCredentials(new CreateCredentialAwsCredentials().setStsRole(new CreateCredentialStsRole()
            .setRoleArn("arn:aws:iam::123456789012:role/workspaces"))));
    show("credentials", credentials.getCredentialsName(), credentials.getAwsCredentials().getStsRole().getRoleArn());
    var storage = account.storage().create(new CreateStorageConfigurationRequest()
        .setStorageConfigurationName("root")
        .setRootBucketInfo(new RootBucketInfo().setBucketName("root-bucket")));
    show("storage", storage.getStorageConfigurationName(), storage.getRootBucketInfo().getBucketName());
    var key = account.encryptionKeys().create(new CreateCustomerManagedKeyRequest()
        .setUseCases(List.of(KeyUseCase.MANAGED_SERVICES, KeyUseCase.STORAGE))
        .setAwsKeyInfo(new CreateAwsKeyInfo()
            .setKeyArn("arn:aws:kms:us-west-2:123456789012:key/0b1d2f3a-0000-4000-8000-000000000001")
            .setKeyAlias("alias/main")));
    var useCases = List.copyOf(key.getUseCases());
    show("key", useCases.get(0), useCases.get(1), key.getAwsKeyInfo().getKeyRegion(),
        key.getAwsKeyInfo().getReuseKeyForClusterVolumes());
    var settings = account.privateAccess().create(new CreatePrivateAccessSettingsRequest()
        .setPrivateAccessSettingsName("settings")
        .setRegion("us-west-2")
        .setPublicAccessEnabled(true)
        .setPrivateAccessLevel(PrivateAccessLevel.ACCOUNT));
    show("private access", settings.getPrivateAccessLevel(), settings.getPublicAccessEnabled());
    var first = network(account, "first", "sg-0a1b2c3d", "subnet-0a1b2c3d", "subnet-1a1b2c3d");
    show("network", first.getNetworkName(), first.getVpcStatus());

    var waiter = account.workspaces().create(new CreateWorkspaceRequest()
        .setWorkspaceName("Sales")
        .setDeploymentName("sales")
        .setAwsRegion("us-west-2")
        .setCredentialsId(credentials.getCredentialsId())
        .setStorageConfigurationId(storage.getStorageConfigurationId())
        .setNetworkId(first.getNetworkId())
        .setManagedServicesCustomerManagedKeyId(key.getCustomerManagedKeyId())
        .setPrivateAccessSettingsId(settings.getPrivateAccessSettingsId())
        .setCustomTags(Map.of("team", "data")));
    var id = waiter.getResponse().getWorkspaceId();
    show("workspace", waiter.getResponse().getWorkspaceStatus(), waiter.getResponse().getWorkspaceStatusMessage());
    show("waiter fails", fails(waiter::get));
    var failed = account.workspaces().get(id);
    show("workspace", failed.getWorkspaceStatus(), failed.getWorkspaceStatusMessage());
    var broken = account.networks().get(first.getNetworkId());
    var error = broken.getErrorMessages().iterator().next();
    show("network", broken.getVpcStatus(), broken.getWorkspaceId().equals(id),
        error.getErrorType() == ErrorType.SECURITY_GROUP ? "securityGroup" : error.getErrorType(),
        error.getErrorMessage());
    refused("delete in use", () -> account.networks().delete(first.getNetworkId()));

    var second = network(account, "second", "sg-1a1b2c3d", "subnet-2a1b2c3d", "subnet-3a1b2c3d");
    var running = account.workspaces().update(new UpdateWorkspaceRequest()
        .setWorkspaceId(id)
        .setUpdateMask("network_id")
        .setCustomerFacingWorkspace(new Workspace().setNetworkId(second.getNetworkId()))).get();
    show("workspace", running.getWorkspaceStatus(), running.getWorkspaceStatusMessage(), running.getDeploymentName(),
        running.getPricingTier(), running.getCustomTags().get("team"));
    show("network", account.networks().get(second.getNetworkId()).getVpcStatus());
    show("listed", count(account.workspaces().list()), count(account.networks().list()));

    var main = account.getWorkspaceClient(running);
    var there = new WorkspaceClient(config(authType).setHost(urlOf(account, id)));
    for (var workspace : List.of(main, there)) {
      var me = workspace.currentUser().me(new MeRequest()).getUserName();
      var isMine = me.equals(System.getenv("DATABRICKS_USERNAME")) || me.equals(System.getenv("DATABRICKS_CLIENT_ID"));
      for (var user : workspace.users().list(new ListUsersRequest())) show("me", isMine, "users", user.getUserName());
    }

    account.workspaces().delete(id);
    while (!fails(() -> account.workspaces().get(id))) Thread.sleep(100);
    refused("gone", () -> account.workspaces().get(id));
    account.networks().delete(first.getNetworkId());
    account.networks().delete(second.getNetworkId());
    account.privateAccess().delete(settings.getPrivateAccessSettingsId());
    account.encryptionKeys().delete(key.getCustomerManagedKeyId());
    account.storage().delete(storage.getStorageConfigurationId());
    account.credentials().delete(credentials.getCredentialsId());
    show("left", count(account.workspaces().list()), count(account.networks().list()),
        count(account.credentials().list()));
  }

  static DatabricksConfig config(String authType) {
    return new DatabricksConfig().setAuthType(authType);
  }

  static Network network(AccountClient account, String name, String securityGroup, String... subnets) {
    return account.networks().create(new CreateNetworkRequest()
        .setNetworkName(name)
        .setVpcId("vpc-0a1b2c3d")
        .setSubnetIds(List.of(subnets))
        .setSecurityGroupIds(List.of(securityGroup)));
  }

  /** Its own address, which the SDK's model leaves out. */
  static String urlOf(AccountClient account, long workspace) throws Exception {
    var path = "/api/2.0/accounts/" + account.config().getAccountId() + "/workspaces/" + workspace;
    return (String) new ApiClient(account.config()).execute(new Request("GET", path), HashMap.class).get("workspace_url");
  }

  interface Call {
    void run() throws Exception;
  }

  static boolean fails(Call call) {
    try {
      call.run();
      return false;
    } catch (Exception failure) {
      return true;
    }
  }

  static void refused(String what, Call call) throws Exception {
    try {
      call.run();
      throw new IllegalStateException(what + " was accepted");
    } catch (DatabricksError error) {
      show(what, error.getErrorCode(), error.getMessage());
    }
  }

  static int count(Iterable<?> all) {
    var count = 0;
    for (var ignored : all) count += 1;
    return count;
  }

  static void show(String what, Object... values) {
    System.out.println(what + ": " + Stream.of(values).map(String::valueOf).collect(Collectors.joining(" ")));
  }
}
