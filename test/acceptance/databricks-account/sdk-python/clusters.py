"""What clusters of a workspace can be, chosen by the official SDK's own selectors."""

from databricks.sdk import AccountClient, WorkspaceClient

from workspaces import make_workspace

account = AccountClient()
workspace = make_workspace(account)
clusters = WorkspaceClient(host=account.config.host, workspace_id=str(workspace.workspace_id)).clusters

# Which there are beside this one depends on the machine's Pythons.
print(clusters.select_spark_version(spark_version="3.5"))
latest = clusters.select_spark_version(latest=True, long_term_support=True)
print(latest, latest in [version.key for version in clusters.spark_versions().versions])
print(clusters.select_node_type())
print(clusters.select_node_type(local_disk=True))
print(clusters.select_node_type(local_disk_min_size=900, min_memory_gb=24))
print(clusters.select_node_type(min_cores=8, category="Memory Optimized", local_disk=True))
print(clusters.select_node_type(gb_per_core=2, min_cores=33))
for impossible in (dict(min_gpus=1), dict(graviton=True), dict(photon_worker_capable=True)):
    try:
        print(clusters.select_node_type(**impossible))
    except ValueError as error:
        print(error)
try:
    clusters.select_spark_version(ml=True)
except ValueError as error:
    print(error)
zones = clusters.list_zones()
print(zones.default_zone, zones.zones)
