"""What a user may expect of kdelta, seen from outside: objects go into Kubernetes, every Kong shows what follows."""

import json

import objects
from case import EVERY_SINK, Case
from controller import Controller
from gateway import EMPTY_HASH, Tap
from programs import eventually


class IngressCase(Case):
    worlds = EVERY_SINK

    def test_an_ingress_becomes_a_service_a_route_and_targets(self):
        self.apply_shop(paths=["/cart"])
        self.expect_served()
        self.expect_matches(self.route(), self.host(), "/cart/")

    def test_a_changed_ingress_keeps_its_route_and_changes_its_paths(self):
        self.apply_shop(paths=["/cart"])
        self.expect_served()
        before = [kong.named("routes")[self.route()]["id"] for kong in self.gateways]

        self.apply_shop(paths=["/cart", "/basket"])

        self.expect_matches(self.route(), self.host(), "/cart/", "/basket/")
        self.assertEqual([kong.named("routes")[self.route()]["id"] for kong in self.gateways], before)

    def test_a_changed_host_moves_the_route(self):
        self.apply_shop()
        self.expect_served()

        self.apply(objects.ingress("shop", self.host("store"), "web"))

        self.expect_served(host=self.host("store"))
        self.expect_absent(self.route())

    def test_a_deleted_ingress_takes_along_what_only_it_needed(self):
        self.apply_shop()
        self.apply(objects.service("other"), objects.ingress("second", self.host("second"), "other"))
        second = self.route("second", "other", self.host("second"))
        self.expect_served()

        self.delete("ingress", "second")

        self.expect_absent(second)
        self.everywhere(lambda kong: self.assertEqual(list(self.own(kong, "services")), [self.name("web", "80")]))
        self.everywhere(lambda kong: self.assertNotIn(self.upstream("other"), kong.named("upstreams")))
        self.expect_served()

    def test_an_annotation_of_the_ingress_reaches_its_route(self):
        self.apply_shop(annotations={"konghq.com/strip-path": "true"})
        self.everywhere(lambda kong: self.assertIs(kong.named("routes")[self.route()]["strip_path"], True))

        self.apply_shop(annotations={})

        self.everywhere(lambda kong: self.assertIs(kong.named("routes")[self.route()]["strip_path"], False))

    def test_a_fleet_arrives_whole_and_leaves_whole(self):
        names = [f"fleet-{number}" for number in range(50)]
        self.apply(objects.service("web"), objects.endpoint_slice("web-1", "web", ["10.1.0.1"]),
                   *(objects.ingress(name, self.host(name), "web") for name in names))
        wanted = {self.route(name, host=self.host(name)) for name in names}
        self.everywhere(lambda kong: self.assertEqual(set(self.own(kong, "routes")), wanted))

        self.cluster.kubectl("delete", "ingresses", "--all", "--namespace", self.namespace)

        self.everywhere(lambda kong: self.assertEqual(self.own(kong, "routes"), {}))

    def test_an_ingress_that_kong_refuses_costs_only_itself(self):
        self.apply_shop()
        self.expect_served()

        # A regular expression that no router can compile.
        self.apply(objects.ingress("broken", self.host("broken"), "web", paths=["/~/(unclosed"],
                                   path_type="ImplementationSpecific"))
        self.apply(objects.ingress("after", self.host("after"), "web"))

        self.expect_served(ingress="after", host=self.host("after"))
        self.expect_served()
        broken = self.route("broken", host=self.host("broken"))
        self.expect_absent(broken)

        self.apply(objects.ingress("broken", self.host("broken"), "web", paths=["/~/(closed)"],
                                   path_type="ImplementationSpecific"))

        self.expect_served(ingress="broken", host=self.host("broken"))


class ServiceCase(Case):
    worlds = EVERY_SINK

    def test_a_service_that_comes_after_its_ingress_fills_the_upstream(self):
        self.apply(objects.ingress("shop", self.host(), "web"))
        self.everywhere(lambda kong: self.assertIn(self.route(), kong.named("routes")))
        self.expect_targets()

        self.apply(objects.service("web"), objects.endpoint_slice("web-1", "web", ["10.1.0.1"]))

        self.expect_served()

    def test_a_deleted_service_leaves_no_targets(self):
        self.apply_shop()
        self.expect_served()

        self.delete("service", "web")

        self.expect_targets()

        self.apply(objects.service("web"))

        self.expect_served()

    def test_an_annotation_of_the_service_reaches_its_kong_service_alone(self):
        self.apply_shop()
        self.expect_served()
        name = self.name("web", "80")
        ids = [kong.named("services")[name]["id"] for kong in self.gateways]

        self.apply(objects.service("web", annotations={"konghq.com/retries": "3"}))

        self.everywhere(lambda kong: self.assertEqual(kong.named("services")[name]["retries"], 3))
        self.assertEqual([kong.named("services")[name]["id"] for kong in self.gateways], ids)

        self.apply(objects.service("web"))

        self.everywhere(lambda kong: self.assertEqual(kong.named("services")[name]["retries"], 5))

    def test_a_port_is_found_by_its_name(self):
        self.apply(objects.service("web", ports=[("http", 80, 8080), ("admin", 81, 9090)]),
                   objects.endpoint_slice("web-1", "web", ["10.1.0.1"]),
                   objects.endpoint_slice("web-2", "web", ["10.1.0.2"], port=("admin", 9090)),
                   objects.ingress("shop", self.host(), "web", port="admin"))

        self.everywhere(lambda kong: self.assertIn(self.route(port="admin"), kong.named("routes")))
        self.expect_targets("10.1.0.2:9090", upstream=self.upstream(port="admin"))
        self.everywhere(lambda kong: self.assertEqual(kong.named("services")[self.name("web", "admin")]["port"], 81))


class EndpointSliceCase(Case):
    worlds = EVERY_SINK

    def test_targets_follow_the_endpoints_as_a_service_scales(self):
        self.apply_shop()
        self.expect_served()
        many = [f"10.1.{number}.1" for number in range(60)]

        self.apply(objects.endpoint_slice("web-1", "web", many[:40]), objects.endpoint_slice("web-2", "web", many[40:]))
        self.expect_targets(*(f"{address}:8080" for address in many))

        self.delete("endpointslice", "web-2")
        self.expect_targets(*(f"{address}:8080" for address in many[:40]))

        self.apply(objects.endpoint_slice("web-1", "web", []))
        self.expect_targets()

        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.1"]))
        self.expect_served()

    def test_a_storm_of_changes_ends_with_the_last_one(self):
        self.apply_shop()
        storm = [objects.endpoint_slice("web-1", "web", [f"10.2.0.{number}"]) for number in range(1, 31)]

        self.apply(*storm)

        self.expect_targets("10.2.0.30:8080")

    def test_an_endpoint_that_is_not_ready_gets_no_requests(self):
        self.apply_shop()
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.1"], unready=["10.1.0.2"]))
        self.expect_served()

        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"], unready=["10.1.0.1"]))

        self.expect_targets("10.1.0.2:8080")


class SecretCase(Case):
    worlds = EVERY_SINK

    def expect_certificate(self, certificate):
        self.everywhere(lambda kong: self.assertEqual(kong.certificate_of(self.host()), certificate))

    def test_a_certificate_is_served_rotated_and_withdrawn(self):
        self.apply_shop(tls="shop-tls")
        self.expect_served()
        self.expect_certificate(None)
        first, first_key = objects.self_signed(self.host())
        second, second_key = objects.self_signed(self.host())

        self.apply(objects.tls_secret("shop-tls", first, first_key))
        self.expect_certificate(first)

        self.apply(objects.tls_secret("shop-tls", second, second_key))
        self.expect_certificate(second)

        self.delete("secret", "shop-tls")
        self.expect_certificate(None)
        self.expect_served()

    def test_a_secret_of_another_namespace_is_not_read(self):
        certificate, key = objects.self_signed(self.host())
        self.cluster.apply(objects.tls_secret("shop-tls", certificate, key), namespace="default")
        self.addCleanup(self.cluster.kubectl, "delete", "secret", "shop-tls", "--namespace", "default")

        self.apply_shop(tls="shop-tls")

        self.expect_served()
        self.expect_certificate(None)


class IngressClassCase(Case):
    def test_an_ingress_of_another_class_is_left_alone(self):
        self.cluster.apply(objects.ingress_class("elsewhere", controller="example.com/other"))
        self.addCleanup(self.cluster.kubectl, "delete", "ingressclass", "elsewhere")
        self.apply_shop(ingress_class="elsewhere")
        self.settle()
        self.expect_absent(self.route())

        self.apply_shop()
        self.expect_served()

        self.apply_shop(ingress_class="elsewhere")
        self.expect_absent(self.route())

    def test_the_class_may_be_an_annotation(self):
        self.apply_shop(ingress_class=None, annotations={"kubernetes.io/ingress.class": "kong"})

        self.expect_served()

    def test_the_default_class_takes_what_names_no_class(self):
        # Applied while no class is the default: the API server writes the default one into a new Ingress.
        self.apply_shop(ingress_class=None)
        self.settle()
        self.expect_absent(self.route())
        self.addCleanup(self.cluster.apply, objects.ingress_class("kong", default=False))

        self.cluster.apply(objects.ingress_class("kong", default=True))
        self.expect_served()

        self.cluster.apply(objects.ingress_class("kong", default=False))
        self.expect_absent(self.route())

    def test_the_parameters_of_the_class_apply_to_its_ingresses(self):
        self.apply_shop()
        self.expect_served()
        self.apply(objects.class_parameters("upstream", serviceUpstream=True))
        # A class without parameters again: apply removes what it has set.
        self.addCleanup(self.cluster.apply, objects.ingress_class("kong"))

        self.cluster.apply(objects.ingress_class("kong", parameters=(self.namespace, "upstream")))
        self.expect_targets(f"web.{self.namespace}.svc:80")

        self.apply(objects.class_parameters("upstream", serviceUpstream=False))
        self.expect_served()


class DeploymentCase(Case):
    def test_the_account_that_we_ship_reads_what_rules_need_and_writes_nothing(self):
        listing = self.cluster.kubectl("auth", "can-i", "--list", "--no-headers",
                                       "--as", "system:serviceaccount:kong:kong-serviceaccount")
        verbs = {}
        for line in listing.splitlines():
            resource, verb_list = line.split()[0], line[line.rindex("[") + 1:line.rindex("]")]
            # Everybody may ask who they are, and read the server's own pages (no resource: the line starts with []).
            if not resource.startswith("[") and not resource.startswith("selfsubject"):
                verbs[resource] = verb_list.split()

        # Kinds of these groups, and of the core no others than these.
        groups = {"discovery.k8s.io", "networking.k8s.io", "gateway.networking.k8s.io", "configuration.konghq.com",
                  "incubator.ingress-controller.konghq.com"}
        core = {"configmaps", "namespaces", "secrets", "services"}
        self.assertEqual({resource for resource in verbs if "." not in resource}, core)
        self.assertIn("ingresses.networking.k8s.io", verbs)
        self.assertIn("ingressclassparameterses.configuration.konghq.com", verbs)

        # A review is a question that leaves nothing behind: --metrics-access-filter=rbac asks who may read the metrics.
        for review in ("tokenreviews.authentication.k8s.io", "subjectaccessreviews.authorization.k8s.io"):
            self.assertEqual(verbs.pop(review), ["create"], review)
        for resource, verb_list in verbs.items():
            self.assertEqual(sorted(verb_list), ["get", "list", "watch"], resource)
            if "." in resource:
                self.assertIn(resource.split(".", 1)[1], groups)


class OperationCase(Case):
    def test_the_api_server_may_restart(self):
        self.apply_shop()
        self.expect_served()
        pushes = self.pushes()
        self.addCleanup(self.cluster.ensure_server)

        self.cluster.stop_server()
        self.cluster.start_server()
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))

        self.expect_targets("10.1.0.2:8080")
        self.assertEqual(self.pushes(), [count + 1 for count in pushes], "what was listed again was sent again")
        eventually(self.controller.expect_ready)

    def test_a_restarted_controller_sends_nothing_that_is_already_there(self):
        self.apply_shop()
        self.expect_served()
        before = self.hashes()
        self.addCleanup(self.controller.ensure_ready)

        self.assertEqual(self.controller.stop(), 0, "SIGTERM must end kdelta cleanly")
        pushes = self.pushes()
        self.controller.start_ready()
        self.assertEqual(self.pushes(), pushes)
        self.assertEqual(self.hashes(), before)

        # Had a needless one been under way, it would have been counted by the time the next one is there.
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))
        self.expect_targets("10.1.0.2:8080")
        self.assertEqual(self.pushes(), [count + 1 for count in pushes])

    def test_what_changes_while_the_controller_is_away_arrives_when_it_is_back(self):
        self.apply_shop()
        self.apply(objects.ingress("gone", self.host("gone"), "web"))
        self.expect_served(ingress="gone", host=self.host("gone"))
        self.addCleanup(self.controller.ensure_ready)

        self.controller.stop()
        self.delete("ingress", "gone")
        self.apply(objects.ingress("new", self.host("new"), "web"))
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.3"]))
        self.controller.start_ready()

        self.expect_served(ingress="new", host=self.host("new"), targets=["10.1.0.3:8080"])
        self.expect_absent(self.route("gone", host=self.host("gone")))

    def test_a_change_that_concerns_no_gateway_sends_nothing(self):
        self.apply_shop()
        self.expect_served()
        pushes = self.pushes()

        self.apply(objects.service("unrouted"), objects.endpoint_slice("unrouted-1", "unrouted", ["10.9.0.1"]))
        self.cluster.kubectl("label", "ingress", "shop", "colour=blue", "--namespace", self.namespace)
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))

        self.expect_targets("10.1.0.2:8080")
        self.assertEqual(self.pushes(), [count + 1 for count in pushes])

    def test_a_gateway_that_lost_its_configuration_gets_it_back(self):
        self.apply_shop()
        self.expect_served()
        before = self.hashes()

        self.gateways[0].forget()

        eventually(lambda: self.assertEqual(self.hashes(), before))
        self.expect_served()

    def test_a_gateway_may_restart(self):
        if not self.world.simulators:
            self.skipTest("a gateway that was given by its URL is not ours to restart")
        self.apply_shop()
        self.expect_served()
        before = self.hashes()
        simulator = self.world.simulators[0]

        simulator.stop()
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))
        for kong in self.gateways[1:]:
            eventually(lambda kong=kong: self.assertEqual(kong.targets(self.upstream()), ["10.1.0.2:8080"]))
        simulator.start()

        self.expect_targets("10.1.0.2:8080")
        self.assertNotIn(EMPTY_HASH, self.hashes())
        self.assertNotEqual(self.hashes(), before)

    def test_a_missing_permission_is_named_and_nothing_is_sent(self):
        self.apply_shop()
        self.expect_served()
        role = json.loads(self.cluster.kubectl("get", "clusterrole", "kong-ingress", "--output", "json"))
        rules = [rule for rule in role["rules"] if rule["resources"] != ["endpointslices"]]
        self.assertEqual(len(rules), len(role["rules"]) - 1)
        account, kubeconfig = self.account_with("narrow", rules)
        narrow = Controller(self.world.kdelta, kubeconfig, [tap.url for tap in self.narrow_taps()],
                            self.world.folder, name="kdelta-narrow")
        self.addCleanup(narrow.stop)
        narrow.start()

        def names_the_rule():
            status, text = narrow.readiness()
            self.assertNotEqual(status, 200)
            for word in ("list", "endpointslices", "discovery.k8s.io"):
                self.assertIn(word, text)

        narrow.wait_until(names_the_rule)
        self.assertEqual([tap.pushes() for tap in self._narrow_taps], [0 for _ in self._narrow_taps])

        self.cluster.apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                            "metadata": {"name": account}, "rules": role["rules"]})
        narrow.wait_until(narrow.expect_ready)

    def narrow_taps(self):
        self._narrow_taps = [Tap(kong.url) for kong in self.gateways]
        for tap in self._narrow_taps:
            self.addCleanup(tap.close)
        return self._narrow_taps

    def account_with(self, name, rules):
        """A service account that may do what `rules` say; also the name of its ClusterRole. And its kubeconfig."""
        rbac = "rbac.authorization.k8s.io"
        self.cluster.apply(
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}},
            {"apiVersion": f"{rbac}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules},
            {"apiVersion": f"{rbac}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name},
             "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": name},
             "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": "default"}]})
        return name, self.cluster.account_kubeconfig("default", name)
