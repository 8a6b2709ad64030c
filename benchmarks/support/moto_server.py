"""moto's server on a free port; prints the port. Each connection has a thread and is kept, and no request is logged."""

import json
import logging
import sys

from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(json.dumps({"url": "http://%s:%d" % (host, port)}), flush=True)
sys.stdin.read()  # until the benchmark ends
