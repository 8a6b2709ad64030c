// The whole life of a workspace by the Databricks SDK for Go as it comes from the module proxy, once with a personal
// access token and once with OAuth machine to machine. Prints what Life.java and life.py print.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/databricks/databricks-sdk-go"
	"github.com/databricks/databricks-sdk-go/apierr"
	"github.com/databricks/databricks-sdk-go/client"
	"github.com/databricks/databricks-sdk-go/service/iam"
	"github.com/databricks/databricks-sdk-go/service/provisioning"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func show(what string, values ...any) {
	fmt.Println(strings.TrimSuffix(fmt.Sprintln(append([]any{what + ":"}, values...)...), "\n"))
}

func refused(what string, err error) {
	var answer *apierr.APIError
	if !errors.As(err, &answer) {
		must(0, fmt.Errorf("%s: %v", what, err))
	}
	show(what, answer.ErrorCode, answer.Message)
}

func network(account *databricks.AccountClient, name, securityGroup string, subnets ...string) *provisioning.Network {
	return must(account.Networks.Create(ctx, provisioning.CreateNetworkRequest{
		NetworkName: name, VpcId: "vpc-0a1b2c3d", SubnetIds: subnets, SecurityGroupIds: []string{securityGroup},
	}))
}

func life(authType string) {
	fmt.Println("#", authType)
	account := must(databricks.NewAccountClient(&databricks.Config{AuthType: authType}))

	credentials := must(account.Credentials.Create(ctx, provisioning.CreateCredentialRequest{
		CredentialsName: "main",
		AwsCredentials: provisioning.CreateCredentialAwsCredentials{StsRole: &provisioning.CreateCredentialStsRole{
			RoleArn: "arn:aws:iam::123456789012:role/workspaces",
		}},
	}))
	show("credentials", credentials.CredentialsName, credentials.AwsCredentials.StsRole.RoleArn)
	storage := must(account.Storage.Create(ctx, provisioning.CreateStorageConfigurationRequest{
		StorageConfigurationName: "root", RootBucketInfo: provisioning.RootBucketInfo{BucketName: "root-bucket"},
	}))
	show("storage", storage.StorageConfigurationName, storage.RootBucketInfo.BucketName)
	key := must(account.EncryptionKeys.Create(ctx, provisioning.CreateCustomerManagedKeyRequest{
		UseCases: []provisioning.KeyUseCase{provisioning.KeyUseCaseManagedServices, provisioning.KeyUseCaseStorage},
		AwsKeyInfo: &provisioning.CreateAwsKeyInfo{
			KeyArn: "arn:aws:kms:us-west-2:123456789012:key/0b1d2f3a-0000-4000-8000-000000000001", KeyAlias: "alias/main",
		},
	}))
	show("key", key.UseCases[0], key.UseCases[1], key.AwsKeyInfo.KeyRegion, key.AwsKeyInfo.ReuseKeyForClusterVolumes)
	settings := must(account.PrivateAccess.Create(ctx, provisioning.CreatePrivateAccessSettingsRequest{
		PrivateAccessSettingsName: "settings", Region: "us-west-2", PublicAccessEnabled: true,
		PrivateAccessLevel: provisioning.PrivateAccessLevelAccount,
	}))
	show("private access", settings.PrivateAccessLevel, settings.PublicAccessEnabled)
	first := network(account, "first", "sg-0a1b2c3d", "subnet-0a1b2c3d", "subnet-1a1b2c3d")
	show("network", first.NetworkName, first.VpcStatus)

	waiter := must(account.Workspaces.Create(ctx, provisioning.CreateWorkspaceRequest{
		WorkspaceName: "Sales", DeploymentName: "sales", AwsRegion: "us-west-2", CredentialsId: credentials.CredentialsId,
		StorageConfigurationId: storage.StorageConfigurationId, NetworkId: first.NetworkId,
		ManagedServicesCustomerManagedKeyId: key.CustomerManagedKeyId,
		PrivateAccessSettingsId:             settings.PrivateAccessSettingsId,
		CustomTags:                          map[string]string{"team": "data"},
	}))
	show("workspace", waiter.Response.WorkspaceStatus, waiter.Response.WorkspaceStatusMessage)
	_, err := waiter.Get()
	show("waiter fails", err != nil)
	id := waiter.WorkspaceId
	failed := must(account.Workspaces.GetByWorkspaceId(ctx, id))
	show("workspace", failed.WorkspaceStatus, failed.WorkspaceStatusMessage)
	broken := must(account.Networks.GetByNetworkId(ctx, first.NetworkId))
	show("network", broken.VpcStatus, broken.WorkspaceId == id, broken.ErrorMessages[0].ErrorType,
		broken.ErrorMessages[0].ErrorMessage)
	_, err = account.Networks.DeleteByNetworkId(ctx, first.NetworkId)
	refused("delete in use", err)

	second := network(account, "second", "sg-1a1b2c3d", "subnet-2a1b2c3d", "subnet-3a1b2c3d")
	running := must(must(account.Workspaces.Update(ctx, provisioning.UpdateWorkspaceRequest{
		WorkspaceId: id, UpdateMask: "network_id",
		CustomerFacingWorkspace: provisioning.Workspace{NetworkId: second.NetworkId},
	})).Get())
	show("workspace", running.WorkspaceStatus, running.WorkspaceStatusMessage, running.DeploymentName,
		running.PricingTier, running.CustomTags["team"])
	show("network", must(account.Networks.GetByNetworkId(ctx, second.NetworkId)).VpcStatus)
	show("listed", len(must(account.Workspaces.List(ctx))), len(must(account.Networks.List(ctx))))

	main := must(account.GetWorkspaceClient(*running))
	there := must(databricks.NewWorkspaceClient(&databricks.Config{Host: urlOf(account, id), AuthType: authType}))
	for _, workspace := range []*databricks.WorkspaceClient{main, there} {
		me := must(workspace.CurrentUser.Me(ctx, iam.MeRequest{}))
		isMine := me.UserName == os.Getenv("DATABRICKS_USERNAME") || me.UserName == os.Getenv("DATABRICKS_CLIENT_ID")
		users := must(workspace.Users.ListAll(ctx, iam.ListUsersRequest{}))
		show("me", isMine && must(workspace.CurrentWorkspaceID(ctx)) == id, "users", users[0].UserName)
	}

	must(account.Workspaces.DeleteByWorkspaceId(ctx, id))
	for {
		if _, err = account.Workspaces.GetByWorkspaceId(ctx, id); err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	refused("gone", err)
	must(account.Networks.DeleteByNetworkId(ctx, first.NetworkId))
	must(account.Networks.DeleteByNetworkId(ctx, second.NetworkId))
	must(account.PrivateAccess.DeleteByPrivateAccessSettingsId(ctx, settings.PrivateAccessSettingsId))
	must(account.EncryptionKeys.DeleteByCustomerManagedKeyId(ctx, key.CustomerManagedKeyId))
	must(account.Storage.DeleteByStorageConfigurationId(ctx, storage.StorageConfigurationId))
	must(account.Credentials.DeleteByCredentialsId(ctx, credentials.CredentialsId))
	show("left", len(must(account.Workspaces.List(ctx))), len(must(account.Networks.List(ctx))),
		len(must(account.Credentials.List(ctx))))
}

// Its own address, which the SDK's model leaves out.
func urlOf(account *databricks.AccountClient, workspace int64) string {
	var answer struct {
		WorkspaceUrl string `json:"workspace_url"`
	}
	path := fmt.Sprintf("/api/2.0/accounts/%s/workspaces/%d", account.Config.AccountID, workspace)
	must(0, must(client.New(account.Config)).Do(ctx, http.MethodGet, path, nil, nil, nil, &answer))
	return answer.WorkspaceUrl
}

func main() {
	life("pat")
	life("oauth-m2m")
}
