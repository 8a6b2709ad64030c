"""Makes signature-vectors.json: requests as botocore itself signs them, at a fixed time.

Run with any Python that has botocore: python make-signature-vectors.py > signature-vectors.json
The keys are AWS's documented examples.
"""

import datetime
import json
from urllib.parse import urlsplit

import botocore
import botocore.auth
import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2026, 11, 22, 6, 0, 0, tzinfo=datetime.timezone.utc)
ENDPOINT = "http://127.0.0.1:7070"
ROLE = "arn:aws:iam::123456789012:role/job"
ARN = "arn:aws:emr-containers:us-west-2:123456789012:/virtualclusters/abc123def456"

botocore.auth.get_current_datetime = lambda *_args, **_kwargs: NOW
vectors = []


def record(name, method, url, headers, body):
    parts = urlsplit(url)
    lines = [[key, value.decode() if isinstance(value, bytes) else str(value)] for key, value in headers.items()]
    if not any(key.lower() == "host" for key, _ in lines):
        lines.append(["Host", parts.netloc])
    text = body.decode() if isinstance(body, (bytes, bytearray)) else (body or "")
    target = url[len(f"{parts.scheme}://{parts.netloc}"):]
    path, _, query = target.partition("?")
    vectors.append({"name": name, "method": method, "path": path, "query": query, "headers": lines, "body": text})


def client_calls():
    session = botocore.session.Session()
    session.set_credentials(KEY_ID, SECRET)
    client = session.create_client(
        "emr-containers",
        region_name="us-west-2",
        endpoint_url=ENDPOINT,
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )

    def capture(request, **_kwargs):
        record(current, request.method, request.url, request.headers, request.body)
        return AWSResponse(request.url, 200, {}, type("Raw", (), {"stream": lambda *_: [b"{}"]})())

    client.meta.events.register("before-send.emr-containers", capture)
    provider = {"type": "EKS", "id": "cluster", "info": {"eksInfo": {"namespace": "spark"}}}
    driver = {"sparkSubmitJobDriver": {"entryPoint": "s3://b/größe/日本 語.py", "entryPointArguments": ["a b", "✓"]}}
    calls = [
        ("create_virtual_cluster", {"name": "vc", "containerProvider": provider, "clientToken": "t"}),
        ("describe_virtual_cluster", {"id": "abc"}),
        ("list_virtual_clusters", {}),
        ("list_virtual_clusters", {"states": ["RUNNING", "ARRESTED", "TERMINATED"], "createdAfter": NOW}),
        ("delete_virtual_cluster", {"id": "a b/c%2F*"}),
        (
            "start_job_run",
            {
                "virtualClusterId": "abc",
                "clientToken": "t",
                "executionRoleArn": ROLE,
                "releaseLabel": "emr-7.7.0-latest",
                "jobDriver": driver,
                "tags": {"équipe": "δ"},
            },
        ),
        ("list_job_runs", {"virtualClusterId": "abc", "name": "a/b#c.d", "maxResults": 5, "nextToken": "a+b/c=="}),
        ("list_job_runs", {"virtualClusterId": "abc", "states": ["RUNNING", "FAILED"], "createdBefore": NOW}),
        ("describe_job_run", {"virtualClusterId": "abc", "id": "000000035"}),
        ("cancel_job_run", {"virtualClusterId": "abc", "id": "日本"}),
        ("tag_resource", {"resourceArn": ARN, "tags": {"team": "devs"}}),
        ("untag_resource", {"resourceArn": ARN, "tagKeys": ["team", "a b", "é", ""]}),
        ("list_tags_for_resource", {"resourceArn": ARN}),
    ]
    for operation, arguments in calls:
        current = f"{operation} {len(vectors)}"
        getattr(client, operation)(**arguments)


def raw_requests():
    signer = SigV4Auth(Credentials(KEY_ID, SECRET), "emr-containers", "eu-central-1")
    requests = [
        ("root", "GET", "/", {}, b""),
        ("unreserved path", "GET", "/a-b.c_d~e", {}, b""),
        ("reserved path", "GET", "/a:b@c!d$e&f'g(h)i*j,k;l=m", {}, b""),
        ("percent-encoded path", "GET", "/tags/arn%3Aaws%3Ax%2Fy%20z%25", {}, b""),
        ("lower-case percent-encoding in the path", "GET", "/a%2fb", {}, b""),
        ("trailing slash", "GET", "/virtualclusters/", {}, b""),
        ("repeated values", "GET", "/v?states=B&states=A&name=x&states=%C3%A9", {}, b""),
        ("empty values", "GET", "/v?b=&a=&a=1", {}, b""),
        ("names that are prefixes", "GET", "/v?ab=1&a=2&a-b=3&a.b=4&A=5", {}, b""),
        ("folded header", "POST", "/v", {"X-Amz-Meta": "  a   b\tc  ", "Content-Type": "application/json"}, b"{}"),
        ("date header", "GET", "/v", {"Date": "set by the signer"}, b""),
        ("content hash", "POST", "/v", {"X-Amz-Content-SHA256": None}, b'{"a":1}'),
        ("body without a content type", "DELETE", "/v", {}, b"x"),
    ]
    for name, method, target, headers, body in requests:
        if "X-Amz-Content-SHA256" in headers:
            headers["X-Amz-Content-SHA256"] = botocore.auth.sha256(body).hexdigest()
        request = AWSRequest(method, ENDPOINT + target, headers=headers, data=body)
        signer.add_auth(request)
        record(name, method, request.url, request.headers, body)


client_calls()
raw_requests()
print(
    json.dumps(
        {
            "madeBy": f"botocore {botocore.__version__}",
            "now": NOW.isoformat().replace("+00:00", "Z"),
            "accessKeyId": KEY_ID,
            "secret": SECRET,
            "requests": vectors,
        },
        indent=1,
        ensure_ascii=False,
    )
)
