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


KONG = "configuration.konghq.com"
GATEWAY = "gateway.networking.k8s.io"
OUR_CLASS = {"kubernetes.io/ingress.class": "kong"}
API_VERSIONS = {
    "KongPlugin": f"{KONG}/v1", "KongClusterPlugin": f"{KONG}/v1", "KongConsumer": f"{KONG}/v1",
    "KongConsumerGroup": f"{KONG}/v1beta1", "KongUpstreamPolicy": f"{KONG}/v1beta1", "KongIngress": f"{KONG}/v1",
    "TCPIngress": f"{KONG}/v1beta1", "UDPIngress": f"{KONG}/v1beta1", "KongVault": f"{KONG}/v1alpha1",
    "KongCustomEntity": f"{KONG}/v1alpha1", "KongLicense": f"{KONG}/v1alpha1",
    "KongServiceFacade": "incubator.ingress-controller.konghq.com/v1alpha1",
    "GatewayClass": f"{GATEWAY}/v1", "Gateway": f"{GATEWAY}/v1", "HTTPRoute": f"{GATEWAY}/v1",
    "GRPCRoute": f"{GATEWAY}/v1", "TLSRoute": f"{GATEWAY}/v1", "TCPRoute": f"{GATEWAY}/v1",
    "UDPRoute": f"{GATEWAY}/v1", "ReferenceGrant": f"{GATEWAY}/v1beta1", "ListenerSet": f"{GATEWAY}/v1",
    "BackendTLSPolicy": f"{GATEWAY}/v1", "ConfigMap": "v1", "Secret": "v1", "Namespace": "v1",
}


def of_kind(kind, name, annotations=None, labels=None, version=None, **members):
    """An object of any kind; `members` stand beside its metadata."""
    api = API_VERSIONS[kind]
    if version is not None:
        api = f"{api.rpartition('/')[0]}/{version}"
    return {"apiVersion": api, "kind": kind,
            "metadata": {"name": name, "annotations": annotations or {}, "labels": labels or {}}, **members}


def gateway(name, *listeners, **spec):
    return of_kind("Gateway", name, spec={"gatewayClassName": "e2e", "listeners": list(listeners), **spec})


def listener(name, protocol="HTTP", port=80, **fields):
    return {"name": name, "protocol": protocol, "port": port, **fields}


def route(kind, name, *rules, parent="gateway", section=None, version=None, **spec):
    """A route of the Gateway API, attached to a Gateway, or to one listener of it."""
    reference = {"name": parent, **({"sectionName": section} if section else {})}
    return of_kind(kind, name, version=version, spec={"parentRefs": [reference], **spec, "rules": list(rules)})


def backend(name, port=80, **fields):
    return {"name": name, "port": port, **fields}


def authority(name):
    """A fresh certificate of an authority, PEM."""
    return self_signed(name)[0]


def _base64(text):
    return base64.b64encode(text.encode()).decode()
