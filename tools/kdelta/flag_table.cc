// Every flag of `kdelta run`, in the order of its help.

#include <array>

#include "tools/kdelta/flags.h"

namespace kdelta {
namespace {

using enum FlagType;
using enum FlagState;

constexpr std::string_view kWatching = "Kubernetes";
constexpr std::string_view kGateways = "Gateways (Kong's Admin API)";
constexpr std::string_view kDataPlanes = "Data planes (kdelta as Kong's control plane)";
constexpr std::string_view kTranslation = "Translation";
constexpr std::string_view kService = "Health, metrics, logs and diagnostics";
constexpr std::string_view kKinds = "Kinds to watch";
constexpr std::string_view kStatuses = "Statuses, events and leadership";
constexpr std::string_view kWebhook = "Admission webhook";
constexpr std::string_view kKonnect = "Konnect";

constexpr std::string_view kNotThisKind = "This kind is not translated.";
constexpr std::string_view kNoStatuses = "Statuses are not written.";
constexpr std::string_view kNoWebhook = "There is no admission webhook.";
constexpr std::string_view kNoKonnect = "Konnect is not served.";

constexpr std::array kFlags = std::to_array<FlagSpec>({
    {"kubeconfig", kText, "", kEffective, kWatching,
     "The kubeconfig to use. Without it and without --apiserver-host, the Pod's service account."},
    {"apiserver-host", kText, "", kEffective, kWatching,
     "The API server's URL, instead of the kubeconfig's."},
    {"watch-namespace", kList, "", kEffective, kWatching,
     "Watch these namespaces only. Without it all are watched."},
    {"max-removal", kNumber, "0.5", kEffective, kWatching,
     "A new list that lacks more than this share of a kind's objects, and at least 100 of them, is "
     "believed only when a second list agrees. 1 believes every list."},
    {"secret-label-selector", kText, "", kNoEffect, kWatching,
     "Secrets are fetched only if something refers to them."},
    {"configmap-label-selector", kText, "konghq.com/configmap", kNoEffect, kWatching,
     "Of ConfigMaps, those labelled konghq.com/ca-cert=true are read."},
    {"apiserver-qps", kInt, "100", kNoEffect, kWatching, "Requests are few and not throttled."},
    {"apiserver-burst", kInt, "300", kNoEffect, kWatching, "Requests are few and not throttled."},
    {"sync-period", kDuration, "10h0m0s", kNoEffect, kWatching,
     "There is nothing to resync: what is held always equals what the API server sent."},
    {"cache-sync-timeout", kDuration, "2m0s", kNoEffect, kWatching,
     "First lists are retried until they succeed; /readyz says what is missing."},

    {"kong-admin-url", kList, "http://localhost:8001", kEffective, kGateways,
     "The Admin API of each gateway."},
    {"kong-admin-tls-skip-verify", kBool, "false", kEffective, kGateways,
     "Do not verify the gateways' certificates."},
    {"kong-admin-tls-server-name", kText, "", kEffective, kGateways,
     "The name that the gateways' certificates must have, and SNI. Without it, the URL's host; of "
     "discovered gateways pod.SERVICE.NAMESPACE.svc."},
    {"kong-admin-ca-cert", kText, "", kEffective, kGateways,
     "PEM of the authority that signed the gateways' certificates."},
    {"kong-admin-ca-cert-file", kText, "", kEffective, kGateways, "The same, from a file."},
    {"kong-admin-tls-client-cert", kText, "", kEffective, kGateways,
     "PEM of the certificate to present to gateways."},
    {"kong-admin-tls-client-cert-file", kText, "", kEffective, kGateways, "The same, from a file."},
    {"kong-admin-tls-client-key", kText, "", kEffective, kGateways, "PEM of its key."},
    {"kong-admin-tls-client-key-file", kText, "", kEffective, kGateways, "The same, from a file."},
    {"kong-admin-header", kList, "", kEffective, kGateways,
     "A header, NAME:VALUE, to send with every request to a gateway."},
    {"kong-admin-token", kText, "", kEffective, kGateways,
     "The value of the header Kong-Admin-Token."},
    {"kong-admin-token-file", kText, "", kEffective, kGateways, "The same, from a file."},
    {"proxy-sync-seconds", kNumber, "0", kEffective, kGateways,
     "The least time between two pushes to one gateway. The first change after a pause never "
     "waits."},
    {"proxy-timeout-seconds", kNumber, "30", kEffective, kGateways,
     "How long a gateway may take for a push, at least; it grows with the configuration."},
    {"kong-workspace", kText, "", kEffective, kGateways,
     "With a database: the workspace to configure, which must exist."},
    {"kong-admin-filter-tag", kList, "managed-by-ingress-controller", kEffective, kGateways,
     "With a database: the tags of what is ours. What lacks one of them is never touched."},
    {"kong-admin-concurrency", kInt, "10", kEffective, kGateways,
     "With a database: how many calls are under way at a time."},
    {"drift-check-interval", kDuration, "10m0s", kEffective, kGateways,
     "With a database: how often it is read whole, to put right what others changed. 0 is never."},
    {"skip-ca-certificates", kBool, "false", kEffective, kGateways,
     "With a database: leave CA certificates to others."},
    {"kong-admin-init-retries", kInt, "60", kNoEffect, kGateways,
     "A gateway is tried until it answers; /readyz says so meanwhile."},
    {"kong-admin-init-retry-delay", kDuration, "1s", kNoEffect, kGateways,
     "Retries back off by themselves."},
    {"kong-admin-svc", kObject, "", kEffective, kGateways,
     "The Service of the gateways' Admin APIs: its endpoints are the gateways, ready or not. "
     "Instead of --kong-admin-url."},
    {"kong-admin-svc-port-names", kList, "admin-tls,kong-admin-tls", kEffective, kGateways,
     "The names that ports of its EndpointSlices may have."},
    {"gateway-discovery-readiness-check-interval", kDuration, "10s", kEffective, kGateways,
     "How often each gateway is asked what it has; at least 3s."},
    {"gateway-discovery-readiness-check-timeout", kDuration, "5s", kEffective, kGateways,
     "How long it may take to answer that."},
    {"gateway-discovery-dns-strategy", kText, "", kDeprecated, kGateways,
     "KIC no longer heeds it."},
    {"enable-reverse-sync", kBool, "false", kNoEffect, kGateways,
     "Every gateway is compared by its hash, and repaired when it differs."},
    {"use-last-valid-config-for-fallback", kBool, "false", kNoEffect, kGateways,
     "What a gateway refuses is left out; the rest goes live at once."},
    {"state-dir", kText, "", kEffective, kGateways,
     "A folder in which the last configuration that gateways acknowledged is kept, with its "
     "secrets, for a gateway that starts while a newer one is refused. Without it, such a gateway "
     "gets what another one has."},
    {"init-cache-sync-duration", kDuration, "5s", kNoEffect, kGateways,
     "The first push waits for the first lists to be complete, not for a time."},

    {"cluster-listen", kAddress, "off", kEffective, kDataPlanes,
     "Where Kong's data planes connect to, with mutual TLS; their cluster_control_plane. Without "
     "--kong-admin-url no gateway is configured through an Admin API, and --router-flavor is "
     "needed."},
    {"cluster-mtls", kText, "shared", kEffective, kDataPlanes,
     "How data planes prove who they are: with the very certificate of --cluster-cert, or with one "
     "that --cluster-ca-cert signed.",
     "shared,pki"},
    {"cluster-cert", kText, "", kEffective, kDataPlanes,
     "The certificate for data planes: a file, which is read again when it is replaced, or PEM."},
    {"cluster-cert-key", kText, "", kEffective, kDataPlanes, "Its key: a file, or PEM."},
    {"cluster-ca-cert", kText, "", kEffective, kDataPlanes,
     "With --cluster-mtls=pki, the authority that signed the data planes' certificates: a file, or "
     "PEM."},

    {"ingress-class", kText, "kong", kEffective, kTranslation,
     "The class of Ingresses that are ours."},
    {"router-flavor", kText, "", kEffective, kTranslation,
     "The router flavour of the gateways. Without it, that of the first gateway which answers.",
     "traditional_compatible,expressions"},
    {"feature-gates", kGates, "", kEffective, kTranslation,
     "Features to switch, as NAME=true,NAME=false."},
    {"cluster-domain", kText, "", kEffective, kTranslation,
     "Appended to the hosts of Services that Kong reaches by name."},
    {"enable-drain-support", kBool, "false", kEffective, kTranslation,
     "Keep endpoints that terminate but still serve, with weight 0."},
    {"combined-services-from-different-httproutes", kBool, "false", kEffective, kTranslation,
     "Rules of different HTTPRoutes of a namespace with equal backends share a Kong service."},
    {"gateway-api-controller-name", kText, "konghq.com/kic-gateway-controller", kEffective,
     kTranslation, "The controllerName of GatewayClasses that are ours."},
    {"gateway-to-reconcile", kObject, "", kEffective, kTranslation,
     "The only Gateway that is ours."},

    {"health-probe-bind-address", kAddress, ":10254", kEffective, kService,
     "Serves /healthz and /readyz."},
    {"metrics-bind-address", kAddress, ":10255", kEffective, kService, "Serves /metrics."},
    {"metrics-access-filter", kText, "off", kEffective, kService,
     "rbac: metrics for those only whom the cluster lets GET /metrics, by bearer token.",
     "off,rbac"},
    {"log-level", kText, "info", kEffective, kService, "The least of what is logged.",
     "trace,debug,info,warning,error"},
    {"log-format", kText, "text", kEffective, kService, "How it is logged.", "text,json"},
    {"dump-config", kBool, "false", kEffective, kService,
     "Serve diagnostics: /debug/check, /debug/explain, /debug/config."},
    {"diagnostic-server-port", kInt, "10256", kEffective, kService,
     "Where diagnostics are served."},
    {"dump-sensitive-config", kBool, "false", kNoEffect, kService,
     "Diagnostics never show keys and secrets."},
    {"profiling", kBool, "false", kNoEffect, kService, "There is no /debug/pprof; use perf."},
    {"term-delay", kDuration, "0s", kEffective, kService,
     "How long to go on after SIGTERM before the end; a second signal ends it."},
    {"anonymous-reports", kBool, "true", kNoEffect, kService, "Nothing is ever reported."},

    {"enable-controller-ingress-networkingv1", kBool, "true", kEffective, kKinds, "Ingress."},
    {"enable-controller-ingress-class-networkingv1", kBool, "true", kEffective, kKinds,
     "IngressClass."},
    {"enable-controller-ingress-class-parameters", kBool, "true", kEffective, kKinds,
     "IngressClassParameters."},
    {"enable-controller-service", kBool, "true", kEffective, kKinds, "Service and EndpointSlice."},
    {"enable-controller-udpingress", kBool, "true", kEffective, kKinds, "UDPIngress."},
    {"enable-controller-tcpingress", kBool, "true", kEffective, kKinds, "TCPIngress."},
    {"enable-controller-kongingress", kBool, "true", kEffective, kKinds,
     "KongIngress, of which only `upstream` counts."},
    {"enable-controller-kongclusterplugin", kBool, "true", kEffective, kKinds,
     "KongClusterPlugin."},
    {"enable-controller-kongplugin", kBool, "true", kEffective, kKinds, "KongPlugin."},
    {"enable-controller-kongconsumer", kBool, "true", kEffective, kKinds,
     "KongConsumer and KongConsumerGroup."},
    {"enable-controller-kong-upstream-policy", kBool, "true", kEffective, kKinds,
     "KongUpstreamPolicy."},
    {"enable-controller-gwapi-gateway", kBool, "true", kEffective, kKinds,
     "Watch GatewayClasses, Gateways, ListenerSets, Namespaces, TCPRoutes, UDPRoutes, TLSRoutes."},
    {"enable-controller-gwapi-httproute", kBool, "true", kEffective, kKinds,
     "Watch HTTPRoutes and BackendTLSPolicies."},
    {"enable-controller-gwapi-reference-grant", kBool, "true", kEffective, kKinds,
     "Watch ReferenceGrants."},
    {"enable-controller-gwapi-grpcroute", kBool, "true", kEffective, kKinds, "Watch GRPCRoutes."},
    {"enable-controller-kong-service-facade", kBool, "true", kEffective, kKinds,
     "KongServiceFacade, if its feature gate is on too."},
    {"enable-controller-kong-vault", kBool, "true", kEffective, kKinds, "KongVault."},
    {"enable-controller-kong-license", kBool, "true", kEffective, kKinds, "KongLicense."},
    {"enable-controller-kong-custom-entity", kBool, "true", kEffective, kKinds,
     "KongCustomEntity."},

    {"update-status", kBool, "true", kNoEffect, kStatuses, kNoStatuses},
    {"update-status-queue-buffer-size", kInt, "8192", kNoEffect, kStatuses, kNoStatuses},
    {"publish-service", kObject, "", kNoEffect, kStatuses, kNoStatuses},
    {"publish-service-udp", kObject, "", kNoEffect, kStatuses, kNoStatuses},
    {"publish-status-address", kList, "", kNoEffect, kStatuses, kNoStatuses},
    {"publish-status-address-udp", kList, "", kNoEffect, kStatuses, kNoStatuses},
    {"emit-kubernetes-events", kBool, "true", kNoEffect, kStatuses,
     "Problems are logged and counted, not written as events."},
    {"election-id", kText, "5b374a9e.konghq.com", kEffective, kStatuses,
     "The name of the Lease by which replicas elect the one that configures gateways."},
    {"election-namespace", kText, "", kEffective, kStatuses,
     "Its namespace. Without it, the Pod's, or that of the kubeconfig's context."},
    {"force-leader-election", kText, "", kEffective, kStatuses,
     "Whether a leader is elected. Without it: if gateways are discovered (--kong-admin-svc), data "
     "planes are served (--cluster-listen), or a gateway has a database.",
     "enabled,disabled"},

    {"admission-webhook-listen", kAddress, "off", kNoEffect, kWebhook, kNoWebhook},
    {"admission-webhook-cert", kText, "", kNoEffect, kWebhook, kNoWebhook},
    {"admission-webhook-cert-file", kText, "", kNoEffect, kWebhook, kNoWebhook},
    {"admission-webhook-key", kText, "", kNoEffect, kWebhook, kNoWebhook},
    {"admission-webhook-key-file", kText, "", kNoEffect, kWebhook, kNoWebhook},

    {"konnect-sync-enabled", kBool, "false", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-licensing-enabled", kBool, "false", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-license-storage-enabled", kBool, "true", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-initial-license-polling-period", kDuration, "1m0s", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-license-polling-period", kDuration, "12h0m0s", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-control-plane-id", kText, "", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-address", kText, "https://us.kic.api.konghq.com", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-tls-client-cert", kText, "", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-tls-client-cert-file", kText, "", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-tls-client-key", kText, "", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-tls-client-key-file", kText, "", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-upload-config-period", kDuration, "30s", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-config-sync-concurrency", kInt, "4", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-refresh-node-period", kDuration, "1m0s", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-disable-consumers-sync", kBool, "false", kNoEffect, kKonnect, kNoKonnect},
    {"konnect-runtime-group-id", kText, "", kDeprecated, kKonnect,
     "Use --konnect-control-plane-id."},
});

}  // namespace

std::span<const FlagSpec> RunFlags() { return kFlags; }

}  // namespace kdelta
