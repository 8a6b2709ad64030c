"""boto3 over HTTPS, at the endpoint that the environment names and at those that are given."""

import os
import sys

import boto3
from botocore.exceptions import SSLError

for endpoint in [os.environ["AWS_ENDPOINT_URL_EMR_CONTAINERS"], *sys.argv[1:]]:
    client = boto3.client("emr-containers", endpoint_url=endpoint)
    print(endpoint, client.list_virtual_clusters()["virtualClusters"])
try:
    boto3.client("emr-containers", verify="/etc/ssl/certs/ca-certificates.crt").list_virtual_clusters()
except SSLError:
    print("not trusted by others")
