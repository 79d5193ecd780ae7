"""What the cases share: the world they act on, and a namespace of one's own in it.

Each case has a namespace of its own and empties it at its end. All of a world share one cluster, one controller and the
gateways, so a case that needs another state of those brings it back. Nothing sleeps: what must come about is polled for
until a deadline, and what must not happen is looked for once something later has come about.
"""

import dataclasses
import json
import pathlib
import unittest

import objects
from cluster import Cluster
from controller import Controller
from data_planes import DataPlanes
from gateway import Gateway, Simulator, Tap
from programs import eventually

EVERY_SINK = ("standard", "sinks", "database")  # For what must arrive however it is delivered.
CORE_KINDS = "ingresses,services,endpointslices,secrets,ingressclassparameterses"


@dataclasses.dataclass
class World:
    """What the cases share."""

    name: str  # One of run's WORLDS.
    cluster: Cluster
    gateways: list[Gateway]  # Whatever shows entities: Kongs of each kind, and simulated data planes.
    taps: list[Tap]  # On the lines from the controller to the gateways, in the same order.
    simulators: list[Simulator]  # None if the gateways were given.
    controller: Controller
    kdelta: pathlib.Path
    folder: pathlib.Path
    fleet: DataPlanes | None = None  # Where data planes are served.


class Case(unittest.TestCase):
    world: World
    worlds = ("standard",)  # In which these cases run.
    kinds = ""  # What they make in their namespace besides the kinds of Ingress.

    def setUp(self):
        self.cluster = self.world.cluster
        self.gateways = self.world.gateways
        self.controller = self.world.controller
        self.namespace = self._testMethodName.removeprefix("test_").replace("_", "-")[:50].strip("-")
        self.cluster.kubectl("create", "namespace", self.namespace)
        self.addCleanup(self.empty_namespace)

    def empty_namespace(self):
        kinds = ",".join(filter(None, [CORE_KINDS, self.kinds]))
        self.cluster.kubectl("delete", kinds, "--all", "--wait=false", "--namespace", self.namespace)
        self.everywhere(lambda kong: self.assertEqual(self.own(kong, "routes") | self.own(kong, "services"), {}))
        self.controller.expect_consistent()

    def apply(self, *manifests):
        self.cluster.apply(*manifests, namespace=self.namespace)

    def delete(self, kind, name):
        self.cluster.kubectl("delete", kind, name, "--namespace", self.namespace)

    def apply_shop(self, **changes):
        """The smallest thing that serves: one Ingress, one Service, one endpoint."""
        self.apply(objects.service("web"), objects.endpoint_slice("web-1", "web", ["10.1.0.1"]),
                   objects.ingress("shop", self.host(), "web", **changes))

    def host(self, name="shop"):
        return f"{name}.{self.namespace}.example"

    def name(self, *parts):
        """The name that a Kong entity gets from the objects of this namespace."""
        return ".".join([self.namespace, *parts])

    def route(self, ingress="shop", service="web", host=None, port="80"):
        return self.name(ingress, service, host or self.host(), port)

    def upstream(self, service="web", port="80"):
        return f"{service}.{self.namespace}.{port}.svc"

    def own(self, kong, collection):
        """The services or routes of this namespace: their names begin with it, or with a kind of route and it."""
        within = f".{self.namespace}."
        return {name: entity for name, entity in kong.named(collection).items() if within in f".{name}"}

    def apply_clusterwide(self, manifest):
        """An object without a namespace, which goes when the case ends."""
        self.cluster.apply(manifest)
        self.addCleanup(self.cluster.kubectl, "delete", manifest["kind"], manifest["metadata"]["name"],
                        "--ignore-not-found")

    def everywhere(self, check, deadline_s=None):
        """Waits until `check` passes at each gateway."""
        for kong in self.gateways:
            eventually(lambda kong=kong: check(kong), deadline_s)

    def expect_fields(self, collection, name, **fields):
        """The entity of that name has these values."""

        def check(kong):
            entity = kong.named(collection)[name]
            self.assertEqual({field: entity.get(field) for field in fields}, fields)

        self.everywhere(check)

    def expect_plugin(self, name, where, of, **config):
        """A plugin of that type stands at an entity, such as ("routes", NAME), with this configuration."""

        def check(kong):
            found = self.plugins_of(kong, where, of)
            self.assertIn(name, found)
            self.assertEqual({field: found[name]["config"].get(field) for field in config}, config)

        self.everywhere(check)

    def expect_no_plugin(self, name, where, of):
        self.everywhere(lambda kong: self.assertNotIn(name, self.plugins_of(kong, where, of)))

    def plugins_of(self, kong, where, of):
        key = "username" if where == "consumers" else "name"
        wanted = {entity[key]: entity["id"] for entity in kong.entities(f"/{where}")}[of]
        foreign = where.removesuffix("s")
        return {plugin["name"]: plugin for plugin in kong.entities("/plugins")
                if (plugin.get(foreign) or {}).get("id") == wanted}

    def expect_served(self, host=None, targets=("10.1.0.1:8080",), **names):
        route, upstream = self.route(host=host, **names), self.upstream()

        def check(kong):
            self.assertIn(route, kong.named("routes"))
            self.assertEqual(kong.targets(upstream), sorted(targets))

        self.everywhere(check)

    def expect_targets(self, *targets, upstream=None):
        upstream = upstream or self.upstream()
        self.everywhere(lambda kong: self.assertEqual(kong.targets(upstream), sorted(targets)))

    def expect_absent(self, route):
        self.everywhere(lambda kong: self.assertNotIn(route, kong.named("routes")))

    def expect_matches(self, route, *values):
        """The route asks for each of `values`: in the fields of one router flavour, in the expression of the other."""

        def check(kong):
            entity = kong.named("routes").get(route) or {}
            wanted = entity.get("expression") or json.dumps([entity.get("hosts"), entity.get("paths")])
            for value in values:
                self.assertIn(f'"{value}"', wanted)

        self.everywhere(check)

    def pushes(self):
        return [tap.pushes() for tap in self.world.taps]

    def hashes(self):
        return [kong.configuration_hash() for kong in self.gateways]

    def settle(self):
        """Waits until everything that was applied before has arrived, by sending a change after it."""
        host = self.host("settled")
        self.apply(objects.ingress("settled", host, "settled"))
        self.everywhere(lambda kong: self.assertIn(
            self.route("settled", "settled", host), kong.named("routes")))
