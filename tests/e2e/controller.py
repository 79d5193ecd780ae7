"""`kdelta run`, as a cluster's pod runs it."""

import json
import urllib.error
import urllib.request

from programs import Program, free_port


class Controller(Program):
    def __init__(self, kdelta, kubeconfig, admin_urls, folder, name="kdelta", flags=()):
        health, metrics, diagnostics = (free_port() for _ in range(3))
        gateways = ["--kong-admin-url", ",".join(admin_urls)] if admin_urls else []
        super().__init__(name, [
            kdelta, "run", "--kubeconfig", kubeconfig, *gateways, *flags,
            "--health-probe-bind-address", f"127.0.0.1:{health}", "--metrics-bind-address", f"127.0.0.1:{metrics}",
            "--feature-gates", "KongServiceFacade=true,RewriteURIs=true", "--dump-config", "--diagnostic-server-port", diagnostics,
        ], folder)
        self._health = f"http://127.0.0.1:{health}"
        self._diagnostics = f"http://127.0.0.1:{diagnostics}"

    def readiness(self):
        """The status and the text of /readyz."""
        return _fetch(f"{self._health}/readyz")

    def data_planes(self):
        """GET /clustering/data-planes: who is or was connected, by id."""
        status, text = _fetch(f"{self._health}/clustering/data-planes")
        assert status == 200, f"/clustering/data-planes says {status}: {text}"
        return {plane["id"]: plane for plane in json.loads(text)["data"]}

    def start_ready(self):
        return self.start().wait_until(self.expect_ready)

    def ensure_ready(self):
        """Starts it unless it runs."""
        if not self.running():
            self.start_ready()

    def expect_ready(self):
        status, text = self.readiness()
        assert status == 200, f"/readyz says {status}: {text}"

    def expect_consistent(self):
        """What was computed change by change equals what is computed from nothing, now."""
        status, text = _fetch(f"{self._diagnostics}/debug/check")
        assert status == 200, f"/debug/check says {status}: {text}"


def _fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
