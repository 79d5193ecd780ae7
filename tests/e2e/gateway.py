"""A Kong as it shows itself from outside, and a tap on the line to it."""

import collections
import http.client
import http.server
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
import uuid

from programs import Program, free_port

EMPTY_HASH = "0" * 32
TIMEOUT_S = 60


class Gateway:
    """The Admin API of one Kong, or a data plane that shows as much: what it has, read page by page."""

    def __init__(self, url):
        self.url = url.rstrip("/")

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    def entities(self, path):
        """All entities of a collection; none if what it belongs to does not exist."""
        found, page = [], path
        while page:
            try:
                answer = self.get(page)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code == 404:
                        return []
                raise
            found += answer["data"]
            page = answer.get("next")
        return found

    def named(self, collection):
        return {entity["name"]: entity for entity in self.entities(f"/{collection}")}

    def targets(self, upstream):
        """The addresses of an upstream that get requests, sorted."""
        return sorted(target["target"] for target in self.entities(f"/upstreams/{upstream}/targets")
                      if target["weight"] > 0)

    def certificate_of(self, host):
        """The PEM text that Kong shows to clients that ask for `host`, or None."""
        sni = self.named("snis").get(host)
        if sni is None:
            return None
        by_id = {certificate["id"]: certificate for certificate in self.entities("/certificates")}
        return by_id[sni["certificate"]["id"]]["cert"].strip()

    def database(self):
        """`off`, or what it keeps its entities in."""
        return self.get("/")["configuration"]["database"]

    def send(self, method, path, body=None):
        """Somebody else's call: the answer as JSON, or None if there is no body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.loads(answer.read() or b"null")

    def is_ready(self):
        """What the status API of a data plane says."""
        try:
            self.get("/status/ready")
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 503:
                    return False
            raise
        return True

    def configuration_hash(self):
        return self.get("/status")["configuration_hash"]

    def forget(self):
        """Leaves the gateway as a restart without a persisted configuration does: empty, its hash all zeros."""
        request = urllib.request.Request(f"{self.url}/config", data=b'{"_format_version":"3.0"}',
                                         headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=TIMEOUT_S).close()


class Simulator(Program):
    """kdelta's own Kong, where no real one is given. It remembers nothing across a restart."""

    def __init__(self, kdelta, name, folder, *flags):
        port = free_port()
        super().__init__(name, [kdelta, "simulate", "kong", "--listen", f"127.0.0.1:{port}", *flags], folder)
        self.url = f"http://127.0.0.1:{port}"

    def start(self):
        super().start()
        return self.wait_until(lambda: Gateway(self.url).get("/status"))


class SimulatedDataPlane(Program):
    """kdelta's own data plane, which dials whoever serves it. It remembers nothing across a restart."""

    def __init__(self, kdelta, name, folder, protocol, control_plane, certificate, key):
        port = free_port()
        super().__init__(name, [
            kdelta, "simulate", "data-plane", "--listen", f"127.0.0.1:{port}", "--protocol", protocol,
            "--cluster-control-plane", control_plane, "--cluster-cert", certificate, "--cluster-cert-key", key,
            "--node-id", str(uuid.uuid4()), "--hostname", name,
            # Kong waits five seconds for each of these; a suite would wait for little else.
            "--reconnect-seconds", "0.2", "--router-update-seconds", "0.2",
        ], folder)
        self.url = f"http://127.0.0.1:{port}"

    def start(self):
        super().start()
        return self.wait_until(lambda: Gateway(self.url).get("/status"))


class Tap:
    """A proxy to one Admin API that counts what passes: no Kong tells how often it was configured.

    It listens on loopback, or with TLS where others can reach it.
    """

    def __init__(self, url, address="127.0.0.1", tls=None):
        self._target = urllib.parse.urlsplit(url)
        self._counts = collections.Counter()
        self._writes = []
        self._lock = threading.Lock()
        tap = self

        class Request(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                tap._forward(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer((address, 0), Request)
        self._server.daemon_threads = True
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.address, self.port = address, self._server.server_port
        self.url = f"{'https' if tls else 'http'}://{address}:{self.port}{self._target.path.rstrip('/')}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def pushes(self):
        """How many configurations were sent so far."""
        with self._lock:
            return self._counts["POST", "/config"]

    def writes(self):
        """The calls that were to change something so far, as (method, path)."""
        with self._lock:
            return list(self._writes)

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, request):
        path = urllib.parse.urlsplit(request.path).path.removeprefix(self._target.path.rstrip("/"))
        with self._lock:
            self._counts[request.command, path] += 1
            if request.command != "GET":
                self._writes.append((request.command, path))
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        kind = http.client.HTTPSConnection if self._target.scheme == "https" else http.client.HTTPConnection
        upstream = kind(self._target.netloc, timeout=TIMEOUT_S)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "connection"}
        try:
            upstream.request(request.command, request.path, body=body, headers=headers)
            answer = upstream.getresponse()
            content = answer.read()
        except OSError:
            # The gateway is gone: so is the tap, as far as the controller can see.
            request.close_connection = True
            return
        finally:
            upstream.close()
        request.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                request.send_header(name, value)
        if answer.status not in (204, 304):
            request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
