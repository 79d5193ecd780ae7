"""A real Kubernetes API server on loopback: etcd and kube-apiserver, with kubectl as the client.

There is no controller manager, no scheduler and no node: what those would write (EndpointSlices, above all) a case
writes itself, and a namespace that is deleted stays, so a case empties it instead.
"""

import json
import pathlib
import ssl
import subprocess
import urllib.error
import urllib.request
import uuid

from programs import Program, free_port


class KubectlError(OSError):
    """kubectl, or the API server through it, says no."""


class Cluster:
    def __init__(self, binaries: pathlib.Path, folder: pathlib.Path):
        self._kubectl = binaries / "kubectl"
        self._folder = folder
        self._port = free_port()
        self._token = uuid.uuid4().hex
        pki = folder / "pki"
        pki.mkdir()
        # kube-apiserver makes its own certificate in --cert-dir: the leaf and the authority that signed it in one file.
        self._authority = pki / "apiserver.crt"
        service_account_key = pki / "service-accounts.key"
        subprocess.run(["openssl", "genrsa", "-out", service_account_key, "2048"], check=True, capture_output=True)
        tokens = pki / "tokens.csv"
        tokens.touch(mode=0o600)
        tokens.write_text(f"{self._token},admin,admin,system:masters\n")
        client, peer = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self._etcd = Program("etcd", [
            binaries / "etcd", "--data-dir", folder / "etcd", "--unsafe-no-fsync", "--log-level", "warn",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
        ], folder)
        self._etcd_url = client
        self._server = Program("kube-apiserver", [
            binaries / "kube-apiserver", "--etcd-servers", client,
            "--bind-address", "127.0.0.1", "--advertise-address", "127.0.0.1", "--secure-port", self._port,
            "--cert-dir", pki, "--token-auth-file", tokens, "--authorization-mode", "RBAC",
            "--service-account-issuer", "https://kubernetes.default.svc",
            "--service-account-key-file", service_account_key,
            "--service-account-signing-key-file", service_account_key,
            "--service-cluster-ip-range", "10.96.0.0/16",
            # Nothing here may look for the address of a node, or for the default account of a namespace.
            "--endpoint-reconciler-type", "none", "--disable-admission-plugins", "ServiceAccount",
        ], folder)
        self._admin = self.kubeconfig("admin", self._token)

    def start(self):
        self._etcd.start().wait_until(self._etcd_is_healthy)
        self.start_server()
        return self

    def start_server(self):
        self._server.start().wait_until(self._server_is_ready)

    def ensure_server(self):
        """Starts the API server unless it runs."""
        if not self._server.running():
            self.start_server()

    def stop_server(self):
        self._server.stop()

    def stop(self):
        self._server.stop()
        self._etcd.stop()

    def kubectl(self, *arguments, stdin=None):
        """Runs kubectl as the cluster's administrator and returns what it prints."""
        command = [self._kubectl, "--kubeconfig", self._admin, "--cache-dir", self._folder / "kubectl", *arguments]
        done = subprocess.run(command, input=stdin, text=True, capture_output=True)
        if done.returncode:
            raise KubectlError(f"kubectl {' '.join(map(str, arguments))}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects, namespace="default"):
        manifest = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.kubectl("apply", "--namespace", namespace, "--filename", "-", stdin=json.dumps(manifest))

    def account_kubeconfig(self, namespace, account):
        """A kubeconfig that authenticates as a service account, as a pod would."""
        token = self.kubectl("create", "token", account, "--namespace", namespace, "--duration", "8h").strip()
        return self.kubeconfig(account, token)

    def kubeconfig(self, user, token):
        path = self._folder / f"{user}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": user}}],
            "users": [{"name": user, "user": {"token": token}}],
            "clusters": [{"name": "e2e", "cluster": {"server": f"https://127.0.0.1:{self._port}",
                                                     "certificate-authority": str(self._authority)}}],
        }))
        return path

    def _etcd_is_healthy(self):
        with urllib.request.urlopen(f"{self._etcd_url}/health", timeout=5) as answer:
            assert json.load(answer)["health"] == "true"

    def _server_is_ready(self):
        assert self._authority.exists(), "kube-apiserver has no certificate yet"
        tls = ssl.create_default_context(cafile=self._authority)
        request = urllib.request.Request(f"https://127.0.0.1:{self._port}/readyz",
                                         headers={"Authorization": f"Bearer {self._token}"})
        with urllib.request.urlopen(request, timeout=5, context=tls) as answer:
            assert answer.status == 200
