"""The Gateway API, by the definitions of either channel: both serve these kinds, and the experimental one older versions."""

import objects
from case import Case
from objects import backend, listener, of_kind, route

CLASS = of_kind("GatewayClass", "e2e", annotations={"konghq.com/gatewayclass-unmanaged": "true"},
                spec={"controllerName": "konghq.com/kic-gateway-controller"})


class GatewayCase(Case):
    worlds = ("standard", "experimental")
    kinds = ("gateways,httproutes,grpcroutes,tcproutes,udproutes,tlsroutes,referencegrants,listenersets,"
             "backendtlspolicies,configmaps")

    def setUp(self):
        super().setUp()
        self.cluster.apply(CLASS)
        self.apply(objects.service("web"), objects.endpoint_slice("web-1", "web", ["10.1.0.1"]))

    def apply_gateway(self, *listeners, **spec):
        self.apply(objects.gateway("gateway", *(listeners or [listener("http")]), **spec))

    def upstream_of(self, kind, name="route", rule=0):
        return f"{kind.lower()}.{self.namespace}.{name}.{rule}"

    def routes_of(self, kong, kind, name="route"):
        """Their names depend on the router's flavour; what they begin with does not."""
        prefix = f"{kind.lower()}.{self.namespace}.{name}."
        return {key: entity for key, entity in kong.named("routes").items() if key.startswith(prefix)}

    def expect_route(self, kind, *words, name="route"):
        """There are routes of this object, and each of `words` stands in what they ask for."""

        def check(kong):
            found = self.routes_of(kong, kind, name)
            self.assertTrue(found, f"no route of {kind} {name}")
            text = str(list(found.values()))
            for word in words:
                self.assertIn(word, text)

        self.everywhere(check)

    def expect_no_route(self, kind, name="route"):
        self.everywhere(lambda kong: self.assertEqual(self.routes_of(kong, kind, name), {}))

    def expect_route_targets(self, kind, *targets):
        prefix = f"{kind.lower()}.{self.namespace}.route."

        def check(kong):
            upstreams = [name for name in kong.named("upstreams") if name.startswith(prefix)]
            self.assertEqual([kong.targets(name) for name in upstreams], [sorted(targets)])

        self.everywhere(check)

    def check_stream(self, kind, protocol, port, version="v1", tls=None, **spec):
        fields = {"tls": tls} if tls else {}
        self.apply_gateway(listener("stream", protocol, port, **fields))
        self.apply(route(kind, "route", {"backendRefs": [backend("web")]}, section="stream", version=version, **spec))
        self.expect_route(kind, *(spec.get("hostnames") or [str(port)]))

        self.apply_gateway(listener("another", protocol, port + 1, **fields))
        self.expect_no_route(kind)

        self.apply_gateway(listener("stream", protocol, port + 1, **fields))
        self.expect_route(kind, *(spec.get("hostnames") or [str(port + 1)]))
        self.delete(f"{kind.lower()}.{version}.{objects.GATEWAY}", "route")
        self.expect_no_route(kind)

    def check_policy(self, version):
        policy = of_kind("BackendTLSPolicy", "policy", version=version, spec={
            "targetRefs": [{"group": "", "kind": "Service", "name": "web"}],
            "validation": {"hostname": "first.example", "wellKnownCACertificates": "System"}})
        self.apply_gateway()
        self.apply(route("HTTPRoute", "route", {"backendRefs": [backend("web")]}), policy)
        self.expect_fields("services", self.upstream_of("HTTPRoute"), protocol="https", tls_verify=True)
        self.expect_fields("upstreams", self.upstream_of("HTTPRoute"), host_header="first.example")

        policy["spec"]["validation"]["hostname"] = "second.example"
        self.apply(policy)
        self.expect_fields("upstreams", self.upstream_of("HTTPRoute"), host_header="second.example")

        self.delete("backendtlspolicy", "policy")
        self.expect_fields("services", self.upstream_of("HTTPRoute"), protocol="http", tls_verify=None)


class HttpRouteCase(GatewayCase):
    def rule(self, path, *backends, **fields):
        return {"matches": [{"path": {"type": "PathPrefix", "value": path}}],
                "backendRefs": list(backends or [backend("web")]), **fields}

    def test_a_route_is_served_while_its_gateway_takes_it(self):
        self.apply(route("HTTPRoute", "route", self.rule("/cart"), hostnames=[self.host()]))
        self.apply_gateway()
        self.expect_route("HTTPRoute", self.host(), "/cart")
        self.expect_route_targets("HTTPRoute", "10.1.0.1:8080")

        self.apply(route("HTTPRoute", "route", self.rule("/basket"), hostnames=[self.host()]))
        self.expect_route("HTTPRoute", "/basket")

        self.apply_gateway(listener("http", hostname="other.example"))
        self.expect_no_route("HTTPRoute")

        self.apply_gateway(listener("http", hostname=f"*.{self.namespace}.example"))
        self.expect_route("HTTPRoute", self.host())

        self.delete("gateway", "gateway")
        self.expect_no_route("HTTPRoute")

    def test_a_gateway_of_a_class_that_is_not_ours_takes_no_route(self):
        self.apply_clusterwide(of_kind("GatewayClass", "elsewhere", spec={"controllerName": "example.com/other"}))
        self.apply_gateway(gatewayClassName="elsewhere")
        self.apply(route("HTTPRoute", "route", self.rule("/"), hostnames=[self.host()]))
        self.settle()
        self.expect_no_route("HTTPRoute")

        self.apply_gateway()
        self.expect_route("HTTPRoute", self.host())

    def test_weights_divide_the_requests(self):
        self.apply(objects.service("other"), objects.endpoint_slice("other-1", "other", ["10.1.0.2"]))
        self.apply_gateway()
        self.apply(route("HTTPRoute", "route", self.rule("/", backend("web", weight=3), backend("other", weight=1))))

        def check(kong):
            targets = kong.entities(f"/upstreams/{self.upstream_of('HTTPRoute')}/targets")
            weights = {target["target"]: target["weight"] for target in targets}
            self.assertEqual(weights["10.1.0.1:8080"], 3 * weights["10.1.0.2:8080"])

        self.everywhere(check)

    def test_filters_become_plugins(self):
        change = {"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "x-set", "value": "1"}]}}
        self.apply_gateway()
        self.apply(route("HTTPRoute", "route", self.rule("/", filters=[change])))
        self.expect_route("HTTPRoute")
        self.everywhere(lambda kong: self.assertIn(
            "request-transformer", self.plugins_of(kong, "routes", list(self.routes_of(kong, "HTTPRoute"))[0])))

        self.apply(route("HTTPRoute", "route", self.rule("/")))
        self.everywhere(lambda kong: self.assertEqual(
            self.plugins_of(kong, "routes", list(self.routes_of(kong, "HTTPRoute"))[0]), {}))

    def test_a_backend_of_another_namespace_needs_a_grant(self):
        other = f"{self.namespace[:40]}-other"
        self.cluster.apply(of_kind("Namespace", other))
        self.addCleanup(self.cluster.kubectl, "delete", "services,endpointslices,referencegrants", "--all",
                        "--namespace", other)
        self.cluster.apply(objects.service("far"), objects.endpoint_slice("far-1", "far", ["10.1.0.9"]),
                           namespace=other)
        self.apply_gateway()
        self.apply(route("HTTPRoute", "route", self.rule("/", backend("far", namespace=other))))
        self.expect_plugin("request-termination", "services", self.upstream_of("HTTPRoute"), status_code=500)
        self.expect_route_targets("HTTPRoute")

        self.cluster.apply(of_kind("ReferenceGrant", "grant", spec={
            "from": [{"group": objects.GATEWAY, "kind": "HTTPRoute", "namespace": self.namespace}],
            "to": [{"group": "", "kind": "Service"}]}), namespace=other)
        self.expect_route_targets("HTTPRoute", "10.1.0.9:8080")
        self.expect_no_plugin("request-termination", "services", self.upstream_of("HTTPRoute"))

        self.cluster.kubectl("delete", "referencegrant", "grant", "--namespace", other)
        self.expect_route_targets("HTTPRoute")

    def test_a_listener_shows_its_certificate(self):
        certificate, key = objects.self_signed(self.host())
        secure = listener("https", "HTTPS", 443, hostname=self.host(),
                          tls={"mode": "Terminate", "certificateRefs": [{"name": "shop-tls"}]})
        self.apply_gateway(secure)
        self.apply(objects.tls_secret("shop-tls", certificate, key))
        self.everywhere(lambda kong: self.assertEqual(kong.certificate_of(self.host()), certificate))

        self.delete("secret", "shop-tls")
        self.everywhere(lambda kong: self.assertIsNone(kong.certificate_of(self.host())))

    def test_a_set_of_listeners_belongs_to_the_gateway_that_lets_it_in(self):
        self.apply(of_kind("ListenerSet", "more", spec={
            "parentRef": {"name": "gateway"}, "listeners": [listener("more", hostname=f"*.{self.namespace}.example")]}))
        refers = route("HTTPRoute", "route", self.rule("/"), hostnames=[self.host()])
        refers["spec"]["parentRefs"] = [{"group": objects.GATEWAY, "kind": "ListenerSet", "name": "more"}]
        self.apply(refers)
        self.apply_gateway()
        self.settle()
        self.expect_no_route("HTTPRoute")

        self.apply_gateway(allowedListeners={"namespaces": {"from": "Same"}})
        self.expect_route("HTTPRoute", self.host())

        self.delete("listenerset", "more")
        self.expect_no_route("HTTPRoute")


class OtherRoutesCase(GatewayCase):
    def test_a_grpc_route_leads_calls_to_a_service(self):
        calls = {"matches": [{"method": {"service": "shop.Cart", "method": "Get"}}], "backendRefs": [backend("web")]}
        self.apply_gateway()
        self.apply(route("GRPCRoute", "route", calls, hostnames=[self.host()]))
        self.expect_route("GRPCRoute", self.host(), "Cart/Get")
        self.expect_route_targets("GRPCRoute", "10.1.0.1:8080")

        calls["matches"][0]["method"]["method"] = "Put"
        self.apply(route("GRPCRoute", "route", calls, hostnames=[self.host()]))
        self.expect_route("GRPCRoute", "Cart/Put")

        self.delete("grpcroute", "route")
        self.expect_no_route("GRPCRoute")

    def test_a_tcp_route_leads_connections_to_a_service(self):
        self.check_stream("TCPRoute", "TCP", 9200)

    def test_a_udp_route_leads_datagrams_to_a_service(self):
        self.check_stream("UDPRoute", "UDP", 9300)

    def test_a_tls_route_leads_sealed_connections_to_a_service(self):
        self.check_stream("TLSRoute", "TLS", 9400, tls={"mode": "Passthrough"}, hostnames=[self.host()])


class BackendTlsCase(GatewayCase):
    def test_a_policy_makes_kong_verify_its_backends(self):
        self.check_policy("v1")


class ExperimentalCase(GatewayCase):
    """What only the experimental channel serves: the older versions of kinds."""

    worlds = ("experimental",)

    def test_older_versions_of_kinds_are_the_same_kinds(self):
        self.check_stream("TCPRoute", "TCP", 9210, version="v1alpha2")
        self.check_stream("UDPRoute", "UDP", 9310, version="v1alpha2")
        self.check_stream("TLSRoute", "TLS", 9410, version="v1alpha2", tls={"mode": "Passthrough"},
                          hostnames=[self.host()])
        self.check_policy("v1alpha3")

    def test_kinds_that_were_installed_after_the_start_are_followed(self):
        log = self.controller.log.read_text()
        for kind in ("httproutes.gateway.networking.k8s.io", "kongplugins.configuration.konghq.com"):
            lines = [line for line in log.splitlines() if "are followed" in line and f'"resource":"{kind}"' in line]
            self.assertEqual(['"served":true' in line for line in lines], [False, True], lines)
