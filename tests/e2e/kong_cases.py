"""Kong's own kinds, by the definitions that Kong publishes."""

import objects
from case import EVERY_SINK, Case
from objects import OUR_CLASS, of_kind

CORRELATION = {"header_name": "X-First", "generator": "uuid"}


class KongCase(Case):
    kinds = ("kongplugins,kongconsumers,kongconsumergroups,kongupstreampolicies,kongingresses,tcpingresses,udpingresses,"
             "kongservicefacades,kongcustomentities,configmaps")

    def plugin(self, kind="KongPlugin", name="trace", plugin="correlation-id", config=None, **metadata):
        return of_kind(kind, name, plugin=plugin, config=config or CORRELATION, **metadata)

    def by(self, kong, collection, field, value):
        """The one entity of a collection with this value."""
        return {entity.get(field): entity for entity in self.listed(kong, collection)}[value]

    def listed(self, kong, collection):
        return kong.entities(f"/{collection}")

    def values(self, kong, collection, field):
        return [entity.get(field) for entity in self.listed(kong, collection)]


class PluginCase(KongCase):
    worlds = EVERY_SINK

    def test_a_plugin_applies_where_an_annotation_asks_for_it(self):
        asks = {"konghq.com/plugins": "trace"}
        self.apply(self.plugin())
        self.apply_shop(annotations=asks)
        self.expect_plugin("correlation-id", "routes", self.route(), header_name="X-First")

        self.apply(self.plugin(config={**CORRELATION, "header_name": "X-Second"}))
        self.expect_plugin("correlation-id", "routes", self.route(), header_name="X-Second")

        self.apply_shop()
        self.apply(objects.service("web", annotations=asks))
        self.expect_plugin("correlation-id", "services", self.name("web", "80"), header_name="X-Second")
        self.expect_no_plugin("correlation-id", "routes", self.route())

        self.delete("kongplugin", "trace")
        self.expect_no_plugin("correlation-id", "services", self.name("web", "80"))
        self.expect_served()

    def test_a_plugin_takes_its_configuration_from_a_secret(self):
        secret = of_kind("Secret", "config", stringData={"config": '{"header_name": "X-Secret", "generator": "uuid"}'})
        manifest = of_kind("KongPlugin", "trace", plugin="correlation-id",
                           configFrom={"secretKeyRef": {"name": "config", "key": "config"}})
        self.apply(secret, manifest)
        self.apply_shop(annotations={"konghq.com/plugins": "trace"})
        self.expect_plugin("correlation-id", "routes", self.route(), header_name="X-Secret")

        secret["stringData"]["config"] = secret["stringData"]["config"].replace("X-Secret", "X-Other")
        self.apply(secret)
        self.expect_plugin("correlation-id", "routes", self.route(), header_name="X-Other")

    def test_a_plugin_of_the_cluster_serves_every_namespace_or_everything(self):
        name = f"{self.namespace[:30]}-all"
        shared = self.plugin("KongClusterPlugin", name, annotations=OUR_CLASS)
        self.apply_clusterwide(shared)
        self.apply_shop(annotations={"konghq.com/plugins": name})
        self.expect_plugin("correlation-id", "routes", self.route(), header_name="X-First")

        shared["metadata"]["labels"] = {"global": "true"}
        self.cluster.apply(shared)

        def check(kong):
            plugins = [plugin for plugin in self.listed(kong, "plugins") if plugin["name"] == "correlation-id"]
            self.assertTrue(any(not (plugin.get("route") or plugin.get("service")) for plugin in plugins))

        self.everywhere(check)

        self.cluster.kubectl("delete", "kongclusterplugin", name)
        self.everywhere(lambda kong: self.assertNotIn("correlation-id", self.values(kong, "plugins", "name")))


class ConsumerCase(KongCase):
    worlds = ("standard", "experimental")  # Groups are Enterprise's.

    def consumer(self, *credentials, **members):
        return of_kind("KongConsumer", "ann", annotations={**OUR_CLASS, **members.pop("annotations", {})},
                       username=f"ann-{self.namespace}", credentials=list(credentials), **members)

    def credential(self, key):
        return of_kind("Secret", "ann-key", labels={"konghq.com/credential": "key-auth"}, stringData={"key": key})

    def expect_key(self, key):
        user = f"ann-{self.namespace}"

        def check(kong):
            wanted = self.by(kong, "consumers", "username", user)["id"]
            keys = [row["key"] for row in self.listed(kong, "key-auths") if row["consumer"]["id"] == wanted]
            self.assertEqual(keys, [key] if key else [])

        self.everywhere(check)

    def test_a_consumer_has_the_credentials_that_its_secrets_hold(self):
        self.apply(self.consumer("ann-key"), self.credential("first"))
        self.expect_key("first")

        self.apply(self.credential("second"))
        self.expect_key("second")

        self.delete("secret", "ann-key")
        self.expect_key(None)

        self.delete("kongconsumer", "ann")
        self.everywhere(lambda kong: self.assertEqual(self.values(kong, "consumers", "username"), []))

    def test_a_plugin_of_a_consumer_and_a_route_applies_where_they_meet(self):
        asks = {"konghq.com/plugins": "trace"}
        self.apply(self.plugin(), self.consumer(annotations=asks))
        self.expect_plugin("correlation-id", "consumers", f"ann-{self.namespace}")

        self.apply_shop(annotations=asks)

        def check(kong):
            found = self.plugins_of(kong, "consumers", f"ann-{self.namespace}")
            route = kong.named("routes")[self.route()]["id"]
            self.assertEqual((found["correlation-id"].get("route") or {}).get("id"), route)

        self.everywhere(check)

    def test_a_group_has_the_consumers_that_name_it(self):
        if any(kong.get("/").get("edition") != "enterprise" for kong in self.gateways):
            self.skipTest("only an Enterprise Kong has groups of consumers")
        self.apply(of_kind("KongConsumerGroup", "gold", annotations=OUR_CLASS), self.consumer(consumerGroups=["gold"]))

        def check(kong):
            group = self.by(kong, "consumer_groups", "name", "gold")["id"]
            members = [row["consumer"]["id"] for row in self.listed(kong, "consumer_group_consumers")
                       if row["consumer_group"]["id"] == group]
            self.assertEqual(members, [self.by(kong, "consumers", "username", f"ann-{self.namespace}")["id"]])

        self.everywhere(check)

        self.delete("kongconsumergroup", "gold")
        self.everywhere(lambda kong: self.assertEqual(self.values(kong, "consumer_groups", "name"), []))


class PolicyCase(KongCase):
    def test_an_upstream_policy_shapes_the_upstreams_of_its_services(self):
        policy = of_kind("KongUpstreamPolicy", "policy", spec={"algorithm": "least-connections", "slots": 100})
        self.apply(policy)
        self.apply_shop()
        self.expect_fields("upstreams", self.upstream(), algorithm="round-robin")

        self.apply(objects.service("web", annotations={"konghq.com/upstream-policy": "policy"}))
        self.expect_fields("upstreams", self.upstream(), algorithm="least-connections", slots=100)

        policy["spec"]["slots"] = 200
        self.apply(policy)
        self.expect_fields("upstreams", self.upstream(), algorithm="least-connections", slots=200)

        self.delete("kongupstreampolicy", "policy")
        self.expect_fields("upstreams", self.upstream(), algorithm="round-robin")

    def test_a_kong_ingress_shapes_the_upstream_too(self):
        self.apply(of_kind("KongIngress", "override", upstream={"slots": 300}))
        self.apply_shop()
        self.apply(objects.service("web", annotations={"konghq.com/override": "override"}))
        self.expect_fields("upstreams", self.upstream(), slots=300)

        self.delete("kongingress", "override")
        self.expect_fields("upstreams", self.upstream(), slots=10000)

    def test_an_authority_of_a_config_map_vouches_for_a_service(self):
        name = "2f4b8a6e-7b0b-4b3c-9a5b-3f1f5a1d9e10"
        self.apply(of_kind("ConfigMap", "authority", labels={"konghq.com/ca-cert": "true"},
                           data={"id": name, "ca.crt": objects.authority("Example Authority")}))
        self.everywhere(lambda kong: self.assertIn(name, self.values(kong, "ca_certificates", "id")))
        self.apply_shop()
        self.apply(objects.service("web", annotations={
            "konghq.com/protocol": "https", "konghq.com/tls-verify": "true",
            "konghq.com/ca-certificates-configmaps": "authority"}))
        self.expect_fields("services", self.name("web", "80"), protocol="https", ca_certificates=[name])

        self.delete("configmap", "authority")
        self.everywhere(lambda kong: self.assertNotIn(name, self.values(kong, "ca_certificates", "id")))
        self.expect_served()

    def test_an_ingress_leads_to_a_facade(self):
        facade = of_kind("KongServiceFacade", "facade", annotations={**OUR_CLASS, "konghq.com/path": "/first"},
                         spec={"backendRef": {"name": "web", "port": 80}})
        self.apply_shop()
        leads = objects.ingress("facade", self.host("facade"), "web")
        leads["spec"]["rules"][0]["http"]["paths"][0]["backend"] = {"resource": {
            "apiGroup": "incubator.ingress-controller.konghq.com", "kind": "KongServiceFacade", "name": "facade"}}
        self.apply(facade, leads)
        self.expect_fields("services", self.name("facade", "svc", "facade"), path="/first")
        self.expect_targets("10.1.0.1:8080", upstream=self.name("facade", "svc", "facade"))

        facade["metadata"]["annotations"]["konghq.com/path"] = "/second"
        self.apply(facade)
        self.expect_fields("services", self.name("facade", "svc", "facade"), path="/second")

        self.delete("kongservicefacade", "facade")
        self.everywhere(lambda kong: self.assertNotIn(self.name("facade", "svc", "facade"), kong.named("services")))


class ClusterKindsCase(KongCase):
    def test_a_vault_comes_changes_and_goes(self):
        vault = of_kind("KongVault", f"{self.namespace[:30]}", annotations=OUR_CLASS,
                        spec={"backend": "env", "prefix": "e2e-vault", "config": {"prefix": "FIRST_"}})
        self.apply_clusterwide(vault)

        def has(prefix):
            return lambda kong: self.assertEqual(
                self.by(kong, "vaults", "prefix", "e2e-vault")["config"]["prefix"], prefix)

        self.everywhere(has("FIRST_"))
        vault["spec"]["config"]["prefix"] = "SECOND_"
        self.cluster.apply(vault)
        self.everywhere(has("SECOND_"))
        self.cluster.kubectl("delete", "kongvault", vault["metadata"]["name"])
        self.everywhere(lambda kong: self.assertNotIn("e2e-vault", self.values(kong, "vaults", "prefix")))

    def test_a_custom_entity_is_of_the_type_that_it_says(self):
        name = f"set-{self.namespace}"
        self.apply(of_kind("KongCustomEntity", "set", spec={
            "type": "key_sets", "controllerName": "kong", "fields": {"name": name}}))
        self.everywhere(lambda kong: self.assertIn(name, self.values(kong, "key-sets", "name")))

        self.delete("kongcustomentity", "set")
        self.everywhere(lambda kong: self.assertNotIn(name, self.values(kong, "key-sets", "name")))


class StreamCase(KongCase):
    worlds = ("standard", "experimental")  # Either flavour of the router.

    def destinations(self, kong, route):
        """What a route listens to: in its fields, or in its expression."""
        entity = kong.named("routes")[route]
        ports = [destination["port"] for destination in entity.get("destinations") or []]
        return entity.get("expression") or " ".join(f"net.dst.port == {port}" for port in ports)

    def expect_stream(self, route, port):
        self.everywhere(lambda kong: self.assertIn(f"net.dst.port == {port}", self.destinations(kong, route)))

    def expose(self, kind, port):
        return of_kind(kind, "stream", annotations=OUR_CLASS, spec={
            "rules": [{"port": port, "backend": {"serviceName": "web", "servicePort": 80}}]})

    def test_a_tcp_ingress_leads_connections_to_a_service(self):
        self.apply(objects.service("web"), objects.endpoint_slice("web-1", "web", ["10.1.0.1"]),
                   self.expose("TCPIngress", 9100))
        self.expect_stream(self.name("stream", "0"), 9100)
        self.expect_targets("10.1.0.1:8080")

        self.apply(self.expose("TCPIngress", 9101))
        self.expect_stream(self.name("stream", "0"), 9101)

        self.delete("tcpingress", "stream")
        self.expect_absent(self.name("stream", "0"))

    def test_a_udp_ingress_leads_datagrams_to_a_service(self):
        service = objects.service("web", ports=[("dns", 80, 8080)])
        service["spec"]["ports"][0]["protocol"] = "UDP"
        self.apply(service, self.expose("UDPIngress", 9053))
        self.expect_stream(self.name("stream", "0", "udp"), 9053)

        self.delete("udpingress", "stream")
        self.expect_absent(self.name("stream", "0", "udp"))
