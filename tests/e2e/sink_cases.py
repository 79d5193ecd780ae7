"""What is particular to a Kong with a database, and to data planes that connect to kdelta."""

import objects
from case import Case
from gateway import EMPTY_HASH, Gateway
from programs import eventually


class DatabaseCase(Case):
    worlds = ("sinks", "database")

    def setUp(self):
        super().setUp()
        self.kong, self.tap = self.gateways[0], self.world.taps[0]

    def writes_since(self, before):
        return self.tap.writes()[len(before):]

    def test_an_endpoint_that_moves_is_its_two_calls(self):
        self.apply_shop()
        self.expect_served()
        before = self.tap.writes()

        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))

        self.expect_targets("10.1.0.2:8080")
        writes = self.writes_since(before)
        self.assertEqual([method for method, _ in writes], ["POST", "DELETE"])
        for _, path in writes:
            self.assertIn("/targets", path)

    def test_a_restarted_controller_writes_nothing_that_is_already_there(self):
        self.apply_shop()
        self.expect_served()
        self.addCleanup(self.controller.ensure_ready)
        before = self.tap.writes()

        self.controller.stop()
        self.controller.start_ready()
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))

        self.expect_targets("10.1.0.2:8080")
        self.assertEqual([method for method, _ in self.writes_since(before)], ["POST", "DELETE"])

    def test_what_others_made_is_left_alone(self):
        name = f"theirs-{self.namespace}"
        theirs = self.kong.send("POST", "/services", {"name": name, "host": "their.example"})
        self.addCleanup(self.kong.send, "DELETE", f"/services/{theirs['id']}")

        self.apply_shop()
        self.expect_served()
        self.delete("ingress", "shop")
        self.expect_absent(self.route())

        self.assertEqual(self.kong.named("services")[name], theirs)

    def test_what_others_change_is_put_right(self):
        self.apply_shop()
        self.expect_served()
        name, route = self.name("web", "80"), self.kong.named("routes")[self.route()]["id"]

        self.kong.send("PATCH", f"/services/{name}", {"retries": 9})
        eventually(lambda: self.assertEqual(self.kong.named("services")[name]["retries"], 5))

        self.kong.send("DELETE", f"/routes/{route}")
        eventually(lambda: self.assertEqual(self.kong.named("routes")[self.route()]["id"], route))


class StatusCase(Case):
    """What a data plane's status API and kdelta's list of data planes must say, also of a real one."""

    worlds = ("sinks", "plane")

    def expect_in_sync(self, status, changed_from=None):
        """It is ready, and kdelta knows that it has what it shows."""

        def check():
            shown = status.configuration_hash()
            self.assertNotIn(shown, (EMPTY_HASH, changed_from))
            self.assertTrue(status.is_ready())
            self.assertIn((shown, "normal"), [(plane["config_hash"], plane["sync_status"])
                                              for plane in self.controller.data_planes().values()])
            return shown

        return eventually(check)

    def test_each_change_makes_a_data_plane_ready_and_in_sync(self):
        self.apply_shop()
        first = [self.expect_in_sync(status) for status in self.world.fleet.statuses]

        self.apply(objects.ingress("second", self.host("second"), "web"))

        for status, before in zip(self.world.fleet.statuses, first):
            self.expect_in_sync(status, changed_from=before)


class DataPlaneCase(Case):
    worlds = ("sinks",)

    def start_plane(self, name, protocol, certificate=None):
        plane = self.world.fleet.simulate(f"{self.namespace}-{name}", protocol, certificate)
        self.addCleanup(plane.stop)
        return Gateway(plane.start().url)

    def test_a_data_plane_that_joins_gets_what_is_there(self):
        self.apply_shop()
        self.expect_served()
        for protocol in ("v1", "v2"):
            plane = self.start_plane(protocol, protocol)
            eventually(lambda plane=plane: self.assertEqual(plane.targets(self.upstream()), ["10.1.0.1:8080"]))
            eventually(lambda plane=plane: self.assertIn(self.route(), plane.named("routes")))

    def test_a_data_plane_with_another_certificate_gets_nothing(self):
        certificate = self.world.fleet.make_certificate(f"{self.namespace}-stranger")
        strangers = [self.start_plane(f"stranger-{protocol}", protocol, certificate) for protocol in ("v1", "v2")]
        self.apply_shop()
        self.expect_served()
        # One that came later, through the same door.
        plane = self.start_plane("friend", "v1")
        eventually(lambda: self.assertEqual(plane.targets(self.upstream()), ["10.1.0.1:8080"]))

        for stranger in strangers:
            self.assertFalse(stranger.is_ready())
            self.assertEqual(stranger.configuration_hash(), EMPTY_HASH)
            self.assertEqual(stranger.named("routes"), {})

    def test_data_planes_outlive_a_restart_of_the_controller(self):
        self.apply_shop()
        self.expect_served()
        self.addCleanup(self.controller.ensure_ready)

        self.controller.stop()
        for status in self.world.fleet.statuses:
            self.assertTrue(status.is_ready(), "what it had is what it serves")
        self.apply(objects.endpoint_slice("web-1", "web", ["10.1.0.2"]))
        self.controller.start_ready()

        self.expect_served(targets=["10.1.0.2:8080"])

    def test_a_data_plane_may_restart(self):
        self.apply_shop()
        self.expect_served()
        for plane in self.world.fleet.planes:
            plane.stop()
            plane.start()

        self.expect_served()
