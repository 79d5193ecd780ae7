"""Several gateways and several replicas: found by the Service of the Admin API, and configured by a leader."""

import json
import socket
import ssl

import objects
from case import Case
from controller import Controller
from gateway import Gateway, Simulator, Tap
from programs import eventually

LEASE = "5b374a9e.konghq.com"
ELECTED = ("--force-leader-election", "enabled", "--election-namespace", "kong")


def outside_address():
    """An address of this machine that is not loopback, which no EndpointSlice may name; None if there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


class FleetCase(Case):
    def setUp(self):
        super().setUp()
        self.kubeconfig = self.cluster.account_kubeconfig("kong", "kong-serviceaccount")

    def start_gateway(self, name):
        simulator = Simulator(self.world.kdelta, f"{self.namespace}-{name}", self.world.folder)
        self.addCleanup(simulator.stop)
        return simulator.start()

    def start_replica(self, name, urls, *flags):
        replica = Controller(self.world.kdelta, self.kubeconfig, urls, self.world.folder,
                             name=f"{self.namespace}-{name}", flags=flags)
        self.addCleanup(replica.stop)
        return replica.start_ready()

    def holder(self):
        lease = json.loads(self.cluster.kubectl("get", "lease", LEASE, "--namespace", "kong", "--output", "json"))
        return lease["spec"].get("holderIdentity")

    def expect_shop(self, simulator, *targets):
        eventually(lambda: self.assertEqual(Gateway(simulator.url).targets(self.upstream()), sorted(targets)))

    def test_one_replica_configures_and_the_other_takes_over(self):
        self.addCleanup(self.cluster.kubectl, "delete", "lease", LEASE, "--namespace", "kong", "--ignore-not-found")
        simulator = self.start_gateway("kong")
        tap = Tap(simulator.url)
        self.addCleanup(tap.close)
        self.apply_shop()

        first = self.start_replica("first", [tap.url], *ELECTED)
        self.expect_shop(simulator, "10.1.0.1:8080")
        leader = self.holder()
        second = self.start_replica("second", [tap.url], *ELECTED)
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))
        self.expect_shop(simulator, "10.1.0.2:8080")
        self.assertEqual(self.holder(), leader)

        # The leader gives its lease back, and what is there already is not sent again.
        pushes = tap.pushes()
        first.stop()
        eventually(lambda: self.assertNotIn(self.holder(), (None, "", leader)))
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.3"]))
        self.expect_shop(simulator, "10.1.0.3:8080")
        self.assertEqual(tap.pushes(), pushes + 1)
        second.expect_consistent()

    def test_gateways_are_found_by_their_service(self):
        address = outside_address()
        if not address:
            self.skipTest("this machine has no address but loopback")
        name = f"pod.kong-admin.{self.namespace}.svc"
        certificate, key = self.certificate_for(name)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        simulators = [self.start_gateway(f"kong-{number}") for number in range(2)]
        taps = [Tap(simulator.url, address, tls) for simulator in simulators]
        for tap in taps:
            self.addCleanup(tap.close)
        self.apply_shop()

        self.apply_admin(0, taps[0])
        self.start_replica("discovering", [], "--force-leader-election", "disabled",
                           "--kong-admin-svc", f"{self.namespace}/kong-admin", "--kong-admin-ca-cert-file", certificate)
        self.expect_shop(simulators[0], "10.1.0.1:8080")

        # One comes: it is served, and the other is left alone.
        pushes = taps[0].pushes()
        self.apply_admin(1, taps[1])
        self.expect_shop(simulators[1], "10.1.0.1:8080")
        self.assertEqual(taps[0].pushes(), pushes)

        # One goes, and gets no more.
        self.delete("endpointslice", "kong-admin-0")
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))
        self.expect_shop(simulators[1], "10.1.0.2:8080")
        self.assertEqual(taps[0].pushes(), pushes)
        self.expect_shop(simulators[0], "10.1.0.1:8080")

    def apply_admin(self, number, tap):
        """The slice of a gateway that is not ready: it has no configuration yet."""
        self.apply(objects.endpoint_slice(f"kong-admin-{number}", "kong-admin", [], unready=[tap.address],
                                          port=("admin-tls", tap.port)))

    def certificate_for(self, name):
        files = [self.world.folder / f"{self.namespace}.{kind}" for kind in ("crt", "key")]
        for file, text in zip(files, objects.self_signed(name)):
            file.touch(mode=0o600)
            file.write_text(text + "\n")
        return files
