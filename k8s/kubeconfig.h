// Where the API server is and who we are: from a kubeconfig file, or from inside a cluster.
//
// Of a kubeconfig we take: contexts, the server's address, its certificate authority (inline or a
// file), tls-server-name, insecure-skip-tls-verify, client certificates (inline or files), tokens
// and token files. Whatever else changes how requests are made (exec and auth-provider plugins,
// user names and passwords, proxies, impersonation) is an error that names it, if the chosen
// context uses it. Relative paths count from the file's folder. Certificates are read and their
// files named, and token files stay files, because all of them rotate. Blocking file reads: call it
// at start. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "io/rotating_tls.h"
#include "io/tls.h"
#include "io/url.h"
#include "k8s/api_client.h"

namespace k8s {

struct ClusterAccess {
  io::Url url;
  io::TlsOptions tls;  // Of use if url.tls.
  io::TlsFiles tls_files;
  Credentials credentials;
  std::string ns;      // The context's or the ServiceAccount's; empty if unsaid.
  std::string source;  // For logs: where this was found.
};

// An empty `context` means the file's current-context.
absl::StatusOr<ClusterAccess> LoadKubeconfig(const std::string& path,
                                             std::string_view context = {});
// The same for text that was read from `path`, which need not exist.
absl::StatusOr<ClusterAccess> ParseKubeconfig(std::string_view yaml, const std::string& path,
                                              std::string_view context);

// What the kubelet gives a Pod.
struct PodEnvironment {
  std::string host;  // KUBERNETES_SERVICE_HOST
  std::string port;  // KUBERNETES_SERVICE_PORT
  std::string folder = "/var/run/secrets/kubernetes.io/serviceaccount";
  static PodEnvironment FromProcess();
};
absl::StatusOr<ClusterAccess> InCluster(const PodEnvironment& pod);

}  // namespace k8s
