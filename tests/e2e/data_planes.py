"""Data planes that connect to kdelta: what lets them in, and the simulated ones."""

import dataclasses
import pathlib

import objects
from gateway import Gateway, SimulatedDataPlane


def write_certificate(folder, name):
    """A fresh one, as `kong hybrid gen_cert` makes it: the files of the certificate and of its key."""
    files = [folder / f"{name}.{kind}" for kind in ("crt", "key")]
    for file, text in zip(files, objects.self_signed("kong_clustering")):
        file.touch(mode=0o600)
        file.write_text(text + "\n")
    return files


@dataclasses.dataclass
class DataPlanes:
    """Those of one world, simulated ones unless `statuses` were given."""

    kdelta: pathlib.Path
    folder: pathlib.Path
    listen: str  # Where kdelta serves them.
    certificate: pathlib.Path
    key: pathlib.Path
    statuses: list[Gateway] = dataclasses.field(default_factory=list)
    planes: list[SimulatedDataPlane] = dataclasses.field(default_factory=list)

    def flags(self):
        return ["--cluster-listen", self.listen, "--cluster-cert", self.certificate, "--cluster-cert-key", self.key,
                "--router-flavor", "traditional_compatible", "--election-namespace", "kong"]

    def make_certificate(self, name):
        return write_certificate(self.folder, name)

    def simulate(self, name, protocol, certificate=None):
        """One that is not started yet. It has the shared certificate unless another is given."""
        certificate, key = certificate or (self.certificate, self.key)
        return SimulatedDataPlane(self.kdelta, name, self.folder, protocol, self.listen, certificate, key)

    def add(self, protocol):
        plane = self.simulate(f"plane-{protocol}", protocol).start()
        self.planes.append(plane)
        self.statuses.append(Gateway(plane.url))
        return plane
