#include "k8s/kubeconfig.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <vector>

#include "engine/status_macros.h"
#include "engine/text.h"
#include "io/read_file.h"
#include "io/yaml.h"
#include "k8s/json_reader.h"

namespace k8s {
namespace {

using engine::Cat;

// Text given inline or as a file; inline wins, as in kubectl.
struct Material {
  std::string inline_text;
  std::string file;
  bool empty() const { return inline_text.empty() && file.empty(); }
};

struct Cluster {
  std::string server;
  std::string tls_server_name;
  bool skip_verify = false;
  Material ca;
};

struct User {
  std::string token;
  std::string token_file;
  Material certificate;
  Material key;
};

struct Context {
  std::string cluster;
  std::string user;
  std::string ns;
};

template <class T>
struct Named {
  std::string name;
  T value;
  std::vector<std::string>
      unsupported;  // Fields that would change what we do, and what to do instead.
};

struct Kubeconfig {
  std::string current_context;
  std::vector<Named<Cluster>> clusters;
  std::vector<Named<User>> users;
  std::vector<Named<Context>> contexts;
};

// Whether a member says anything: null, "", [], {} and false do not.
absl::StatusOr<bool> SaysSomething(JsonValue& json) {
  simdjson::ondemand::json_type type;
  if (json.value.type().get(type)) return Complain(json.place, "expected a value");
  using Type = simdjson::ondemand::json_type;
  bool something = type != Type::null;
  if (type == Type::string) {
    std::string text;
    RETURN_IF_ERROR(Read(json, text));
    something = !text.empty();
  } else if (type == Type::boolean) {
    RETURN_IF_ERROR(Read(json, something));
  } else if (type == Type::array) {
    something = false;
    RETURN_IF_ERROR(
        ReadElements(json, [&](JsonValue&) { return something = true, absl::OkStatus(); }));
  } else if (type == Type::object) {
    something = false;
    RETURN_IF_ERROR(ReadMembers(
        json, [&](std::string_view, JsonValue&) { return something = true, absl::OkStatus(); }));
  }
  return something;
}

absl::Status Note(JsonValue& json, std::string_view remedy, std::vector<std::string>& unsupported) {
  ASSIGN_OR_RETURN(const bool something, SaysSomething(json));
  if (something) unsupported.push_back(Cat(json.place->name, " is not supported; ", remedy));
  return absl::OkStatus();
}

constexpr std::string_view kUseToken =
    "put a token or a client certificate into the kubeconfig (for example from `kubectl create "
    "token`)";

absl::Status ReadBody(std::string_view name, JsonValue& member, Named<Cluster>& out) {
  Cluster& cluster = out.value;
  if (name == "server") return Read(member, cluster.server);
  if (name == "tls-server-name") return Read(member, cluster.tls_server_name);
  if (name == "insecure-skip-tls-verify") return Read(member, cluster.skip_verify);
  if (name == "certificate-authority") return Read(member, cluster.ca.file);
  if (name == "certificate-authority-data") return ReadBase64(member, cluster.ca.inline_text);
  if (name == "proxy-url")
    return Note(member, "give an address that is reached directly", out.unsupported);
  return absl::OkStatus();
}

absl::Status ReadBody(std::string_view name, JsonValue& member, Named<User>& out) {
  User& user = out.value;
  if (name == "token") return Read(member, user.token);
  if (name == "tokenFile") return Read(member, user.token_file);
  if (name == "client-certificate") return Read(member, user.certificate.file);
  if (name == "client-certificate-data") return ReadBase64(member, user.certificate.inline_text);
  if (name == "client-key") return Read(member, user.key.file);
  if (name == "client-key-data") return ReadBase64(member, user.key.inline_text);
  for (std::string_view each : {"exec", "auth-provider", "username", "password"}) {
    if (name == each) return Note(member, kUseToken, out.unsupported);
  }
  for (std::string_view each : {"as", "as-uid", "as-groups", "as-user-extra"}) {
    if (name == each)
      return Note(member, "use the credentials of that user (no impersonation)", out.unsupported);
  }
  return absl::OkStatus();
}

absl::Status ReadBody(std::string_view name, JsonValue& member, Named<Context>& out) {
  if (name == "cluster") return Read(member, out.value.cluster);
  if (name == "user") return Read(member, out.value.user);
  if (name == "namespace") return Read(member, out.value.ns);
  return absl::OkStatus();
}

// [{name: …, <what>: {…}}]
template <class T>
absl::Status ReadNamed(JsonValue& json, std::string_view what, std::vector<Named<T>>& out) {
  out.clear();
  return ReadElements(json, [&](JsonValue& element) {
    Named<T>& named = out.emplace_back();
    return ReadMembers(element, [&](std::string_view name, JsonValue& member) {
      if (name == "name") return Read(member, named.name);
      if (name != what) return absl::OkStatus();
      return ReadMembers(member, [&](std::string_view field, JsonValue& value) {
        return ReadBody(field, value, named);
      });
    });
  });
}

absl::Status ReadKubeconfig(JsonValue& json, Kubeconfig& out) {
  return ReadMembers(json, [&](std::string_view name, JsonValue& member) {
    if (name == "current-context") return Read(member, out.current_context);
    if (name == "clusters") return ReadNamed(member, "cluster", out.clusters);
    if (name == "users") return ReadNamed(member, "user", out.users);
    if (name == "contexts") return ReadNamed(member, "context", out.contexts);
    return absl::OkStatus();
  });
}

template <class T>
absl::StatusOr<T> Find(const std::vector<Named<T>>& all, std::string_view what,
                       std::string_view name) {
  std::string known;
  for (const Named<T>& each : all) {
    if (each.name == name) {
      if (each.unsupported.empty()) return each.value;
      return absl::UnimplementedError(
          engine::ToAbsl(Cat(what, " \"", name, "\": ", each.unsupported.front())));
    }
    known += Cat(known.empty() ? "" : ", ", each.name);
  }
  return engine::NotFound("there is no ", what, " \"", name,
                          "\"; there are: ", known.empty() ? "none" : known);
}

// Fills in the text, and the file if it came from one.
absl::Status Load(const Material& material, const std::filesystem::path& folder, std::string& text,
                  std::string& file) {
  text = material.inline_text;
  if (!text.empty() || material.file.empty()) return absl::OkStatus();
  file = (folder / material.file).string();
  ASSIGN_OR_RETURN(text, io::ReadFile(file));
  return absl::OkStatus();
}

absl::Status Fill(const Cluster& cluster, const std::filesystem::path& folder, ClusterAccess& out) {
  ASSIGN_OR_RETURN(out.url, io::Url::Parse(cluster.server));
  if (cluster.skip_verify && !cluster.ca.empty()) {
    return engine::InvalidArgument(
        "insecure-skip-tls-verify and a certificate-authority exclude each other; remove one");
  }
  RETURN_IF_ERROR(Load(cluster.ca, folder, out.tls.ca_pem, out.tls_files.ca));
  out.tls.server_name = cluster.tls_server_name;
  out.tls.skip_verify = cluster.skip_verify;
  return absl::OkStatus();
}

absl::Status Fill(const User& user, const std::filesystem::path& folder, ClusterAccess& out) {
  if (user.certificate.empty() != user.key.empty()) {
    return engine::InvalidArgument(
        "client-certificate and client-key belong together; one is missing");
  }
  RETURN_IF_ERROR(
      Load(user.certificate, folder, out.tls.certificate_pem, out.tls_files.certificate));
  RETURN_IF_ERROR(Load(user.key, folder, out.tls.key_pem, out.tls_files.key));
  if (user.token_file.empty()) {
    out.credentials.token = user.token;
  } else {
    out.credentials.token_file = (folder / user.token_file).string();
  }
  return absl::OkStatus();
}

absl::StatusOr<ClusterAccess> Choose(const Kubeconfig& config, std::string_view wanted,
                                     const std::string& path) {
  const std::string_view name = wanted.empty() ? std::string_view(config.current_context) : wanted;
  if (name.empty()) return engine::InvalidArgument("current-context is not set; name a context");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  ASSIGN_OR_RETURN(const Context context, Find(config.contexts, "context", name));
  ASSIGN_OR_RETURN(const Cluster cluster, Find(config.clusters, "cluster", context.cluster));
  ClusterAccess out;
  if (absl::Status status = Fill(cluster, folder, out); !status.ok()) {
    return engine::Annotate(status, Cat("cluster \"", context.cluster, "\""));
  }
  if (!context.user.empty()) {
    ASSIGN_OR_RETURN(const User user, Find(config.users, "user", context.user));
    if (absl::Status status = Fill(user, folder, out); !status.ok()) {
      return engine::Annotate(status, Cat("user \"", context.user, "\""));
    }
  }
  out.ns = context.ns;
  out.source = Cat(path, ", context ", name);
  return out;
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

absl::StatusOr<ClusterAccess> ParseKubeconfig(std::string_view yaml, const std::string& path,
                                              std::string_view context) {
  ASSIGN_OR_RETURN(const std::vector<io::YamlDocument> documents, io::YamlToJson(yaml, path));
  if (documents.size() != 1)
    return engine::InvalidArgument(path, ": expected one document, not ", documents.size());
  Kubeconfig config;
  absl::Status status = ReadDocument(documents[0].json,
                                     [&](JsonValue& json) { return ReadKubeconfig(json, config); });
  if (!status.ok()) return engine::Annotate(status, path);
  absl::StatusOr<ClusterAccess> access = Choose(config, context, path);
  return access.ok() ? std::move(access) : engine::Annotate(access.status(), path);
}

absl::StatusOr<ClusterAccess> LoadKubeconfig(const std::string& path, std::string_view context) {
  ASSIGN_OR_RETURN(const std::string text, io::ReadFile(path));
  return ParseKubeconfig(text, path, context);
}

PodEnvironment PodEnvironment::FromProcess() {
  PodEnvironment pod;
  pod.host = Variable("KUBERNETES_SERVICE_HOST");
  pod.port = Variable("KUBERNETES_SERVICE_PORT");
  return pod;
}

absl::StatusOr<ClusterAccess> InCluster(const PodEnvironment& pod) {
  if (pod.host.empty() || pod.port.empty()) {
    return engine::NotFound(
        "not inside a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set; "
        "name a kubeconfig");
  }
  const bool ipv6 = pod.host.find(':') != std::string::npos;
  ClusterAccess out;
  ASSIGN_OR_RETURN(out.url, io::Url::Parse(Cat("https://", ipv6 ? "[" : "", pod.host,
                                               ipv6 ? "]" : "", ':', pod.port)));
  out.tls_files.ca = pod.folder + "/ca.crt";
  ASSIGN_OR_RETURN(out.tls.ca_pem, io::ReadFile(out.tls_files.ca));
  out.credentials.token_file = pod.folder + "/token";
  ASSIGN_OR_RETURN(const std::string token, io::ReadFile(out.credentials.token_file));
  if (engine::Trim(token).empty())
    return engine::InvalidArgument(out.credentials.token_file, " is empty");
  if (absl::StatusOr<std::string> ns = io::ReadFile(pod.folder + "/namespace"); ns.ok())
    out.ns = engine::Trim(*ns);
  out.source = Cat("the ServiceAccount in ", pod.folder);
  return out;
}

}  // namespace k8s
