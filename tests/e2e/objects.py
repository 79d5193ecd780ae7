"""Kubernetes objects, as short as a case wants them."""

import base64
import pathlib
import subprocess
import tempfile

CONTROLLER = "ingress-controllers.konghq.com/kong"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


def ingress(name, host, service, paths=("/",), port=80, ingress_class="kong", annotations=None, tls=None,
            path_type="Prefix"):
    """One host whose paths all lead to one port, a number or a name, of one Service. No class if it is None."""
    backend = {"service": {"name": service, "port": {"name" if isinstance(port, str) else "number": port}}}
    spec = {"rules": [{"host": host, "http": {"paths": [
        {"path": path, "pathType": path_type, "backend": backend} for path in paths]}}]}
    if ingress_class is not None:
        spec["ingressClassName"] = ingress_class
    if tls is not None:
        spec["tls"] = [{"hosts": [host], "secretName": tls}]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": name, "annotations": annotations or {}}, "spec": spec}


def service(name, ports=(("http", 80, 8080),), annotations=None):
    """A Service with ports (name, port, target port)."""
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "annotations": annotations or {}},
            "spec": {"selector": {"app": name}, "ports": [
                {"name": port_name, "port": port, "targetPort": target} for port_name, port, target in ports]}}


def endpoint_slice(name, service_name, ready, unready=(), port=("http", 8080)):
    """A slice of a Service, as the endpoint slice controller would write it."""
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
            "metadata": {"name": name, "labels": {"kubernetes.io/service-name": service_name}},
            "ports": [{"name": port[0], "port": port[1], "protocol": "TCP"}],
            "endpoints": [{"addresses": [address], "conditions": {"ready": True}} for address in ready] +
                         [{"addresses": [address], "conditions": {"ready": False}} for address in unready]}


def ingress_class(name, controller=CONTROLLER, default=False, parameters=None):
    """An IngressClass; `parameters` is the (namespace, name) of its IngressClassParameters."""
    spec = {"controller": controller}
    if parameters is not None:
        spec["parameters"] = {"apiGroup": "configuration.konghq.com", "kind": "IngressClassParameters",
                              "scope": "Namespace", "namespace": parameters[0], "name": parameters[1]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
            "metadata": {"name": name, "annotations": {DEFAULT_CLASS: str(default).lower()}}, "spec": spec}


def class_parameters(name, **spec):
    return {"apiVersion": "configuration.konghq.com/v1alpha1", "kind": "IngressClassParameters",
            "metadata": {"name": name}, "spec": spec}


def tls_secret(name, certificate, key):
    return {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": name},
            "data": {"tls.crt": _base64(certificate), "tls.key": _base64(key)}}


def self_signed(host):
    """A fresh certificate for `host` and its key, both PEM."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-days", "2",
             "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True)
        return (folder / "certificate").read_text().strip(), (folder / "key").read_text().strip()


def _base64(text):
    return base64.b64encode(text.encode()).decode()
