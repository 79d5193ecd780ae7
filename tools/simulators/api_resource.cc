#include "tools/simulators/api_resource.h"

#include "engine/text.h"

namespace simulators {

std::string ApiResource::ApiVersion() const {
  return group.empty() ? version : engine::Cat(group, "/", version);
}

std::string ApiResource::QualifiedName() const {
  return group.empty() ? plural : engine::Cat(plural, ".", group);
}

std::string ApiResource::Path() const {
  return group.empty() ? engine::Cat("/api/", version) : engine::Cat("/apis/", group, "/", version);
}

const std::vector<ApiResource>& DefaultApiResources() {
  using R = ApiResource;
  static const std::vector<R> all = {
      R{"", "v1", "namespaces", "Namespace", false, true},
      R{"", "v1", "services", "Service", true, true},
      R{"", "v1", "secrets", "Secret"},
      R{"", "v1", "configmaps", "ConfigMap"},
      R{"", "v1", "events", "Event"},
      R{"events.k8s.io", "v1", "events", "Event"},
      R{"coordination.k8s.io", "v1", "leases", "Lease"},
      R{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true, false, true},
      R{"networking.k8s.io", "v1", "ingresses", "Ingress", true, true, true},
      R{"networking.k8s.io", "v1", "ingressclasses", "IngressClass", false, false, true},
      R{"configuration.konghq.com", "v1alpha1", "ingressclassparameterses",
        "IngressClassParameters", true, false, true, true},
      R{"configuration.konghq.com", "v1beta1", "kongupstreampolicies", "KongUpstreamPolicy", true,
        true, true, true},
      R{"configuration.konghq.com", "v1", "kongingresses", "KongIngress", true, false, true, true},
      R{"configuration.konghq.com", "v1beta1", "tcpingresses", "TCPIngress", true, true, true,
        true},
      R{"configuration.konghq.com", "v1beta1", "udpingresses", "UDPIngress", true, true, true,
        true},
      R{"incubator.ingress-controller.konghq.com", "v1alpha1", "kongservicefacades",
        "KongServiceFacade", true, true, true, true},
      R{"gateway.networking.k8s.io", "v1", "backendtlspolicies", "BackendTLSPolicy", true, true,
        true, true},
      R{"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition",
        false, true, true},
  };
  return all;
}

}  // namespace simulators
