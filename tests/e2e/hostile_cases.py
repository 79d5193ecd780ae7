"""What is malformed, absurd or huge: it is told by its name, and nothing beside it is lost."""

import base64
import json

import objects
from case import Case
from programs import eventually


class HostileCase(Case):
    def expect_told(self, name, *words):
        """A line of the log names the object and says what is wrong with it."""

        def check():
            lines = [line for line in self.controller.log.read_text(errors="replace").splitlines() if name in line]
            for word in words:
                self.assertTrue(any(word in line for line in lines), f"no line about {name} says {word}")

        eventually(check)

    def create(self, manifest):
        """As `apply`, but without a copy of the object in an annotation, which has its own limit."""
        self.cluster.kubectl("create", "--namespace", self.namespace, "--filename", "-", stdin=json.dumps(manifest))

    def test_ten_thousand_rules_of_one_ingress_arrive_and_leave(self):
        self.apply_shop()
        self.expect_served()
        huge = objects.ingress("huge", self.host("0"), "web")
        paths = huge["spec"]["rules"][0]["http"]
        huge["spec"]["rules"] = [{"host": f"{number}.huge.example", "http": paths} for number in range(10_000)]

        self.create(huge)

        last = self.route("huge", host="9999.huge.example")
        # Kong is busy with it for a while; the simulators of a debug build on a busy machine for minutes.
        self.everywhere(lambda kong: self.assertIn(last, str(kong.get(f"/routes/{last}"))), deadline_s=300)
        self.expect_served()
        self.delete("ingress", "huge")
        self.expect_absent(last)

    def test_absurd_annotations_are_told_and_cost_nothing_else(self):
        megabyte = "x" * 200_000
        self.apply_shop()
        self.create(objects.ingress("absurd", self.host("absurd"), "web", annotations={
            "konghq.com/strip-path": megabyte, "konghq.com/rewrite": "$(", "konghq.com/methods": "\u0000\u00e9,GET",
            "konghq.com/regex-priority": "9" * 400, "konghq.com/host-aliases": "-.-,*.*.*"}))
        self.create(objects.ingress("aliased", self.host("aliased"), "web", annotations={
            "konghq.com/regex-priority": "9" * 400, "konghq.com/host-aliases": "-.-,*.*.*"}))
        self.apply(objects.ingress("after", self.host("after"), "web"))

        self.expect_served(ingress="after", host=self.host("after"))
        self.expect_served(ingress="aliased", host=self.host("aliased"))
        self.expect_served()
        self.expect_told(f"{self.namespace}/absurd", "rewrite")
        self.expect_told(f"{self.namespace}/aliased", "host-aliases")

    def test_a_broken_certificate_is_told_and_the_host_is_served_without(self):
        garbage = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nnone\n").decode()
        self.apply({"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": "broken"},
                    "data": {"tls.crt": garbage, "tls.key": garbage}})
        self.apply_shop(tls="broken")
        self.apply(objects.ingress("after", self.host("after"), "web"))

        self.expect_served()
        self.expect_served(ingress="after", host=self.host("after"))
        self.expect_told(f"{self.namespace}/broken", "certificate")
