// Data planes that take deltas, each a DataPlaneV2 on real sockets.

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "engine/status_macros.h"
#include "engine/text.h"
#include "tools/capacity/child.h"
#include "tools/capacity/marks.h"
#include "tools/capacity/observed_gateways.h"
#include "tools/simulators/certificate_maker.h"
#include "tools/simulators/data_plane_v2.h"

namespace capacity {
namespace {

using engine::Cat;
using simulators::At;
using simulators::Json;
using simulators::TextAt;

// The default of Kong, 16 MB, ends at 15,000 Ingresses.
constexpr uint64_t kMaxPayload = uint64_t{1} << 30;
constexpr std::string_view kName = "kong_clustering";  // As `kong hybrid gen_cert` has it.

class DataPlanes final : public ObservedGateways {
 public:
  static absl::StatusOr<std::unique_ptr<DataPlanes>> Create(io::Loop& loop, size_t count,
                                                            uint64_t seed, Events events) {
    std::unique_ptr<DataPlanes> made(new DataPlanes(std::move(events)));
    made->identity_ = simulators::MakeCertificate({std::string(kName), Cat(seed), true});
    ASSIGN_OR_RETURN(made->port_, FreePort());
    io::TlsOptions tls;
    tls.ca_pem = tls.certificate_pem = made->identity_.certificate;
    tls.key_pem = made->identity_.key;
    tls.server_name = kName;
    io::WebSocketConnectOptions to{.host = "127.0.0.1", .port = made->port_};
    ASSIGN_OR_RETURN(to.tls, io::TlsContext::ForClient(tls));
    for (size_t n = 0; n < count; ++n) made->Add(loop, n, seed, to);
    return made;
  }

  std::vector<std::string> Flags() const override {
    return {Cat("--cluster-listen=127.0.0.1:", port_), "--router-flavor=traditional_compatible",
            "--force-leader-election=disabled"};
  }
  std::map<std::string, std::string> Environment() const override {
    return {{"CONTROLLER_CLUSTER_CERT", identity_.certificate},
            {"CONTROLLER_CLUSTER_CERT_KEY", identity_.key}};
  }
  void Start() override {
    for (const auto& one : planes_) one->plane->Start();
  }
  size_t configured() const override {
    size_t count = 0;
    for (const auto& one : planes_) count += one->plane->store().version() != 0 ? 1 : 0;
    return count;
  }
  size_t count() const override { return planes_.size(); }
  size_t targets(size_t gateway) const override { return planes_.at(gateway)->targets.size(); }
  void Restart() override {
    for (const auto& one : planes_) {
      one->targets.clear();
      one->plane->Restart(false);
    }
  }

 private:
  struct Plane {
    size_t number = 0;
    std::unique_ptr<simulators::DataPlaneV2> plane;
    absl::flat_hash_map<std::string, std::string> targets;  // Their marks, by id.
    absl::flat_hash_map<std::string, std::string> fresh;    // Those of the batch under way.
  };
  explicit DataPlanes(Events events) : events_(std::move(events)) {}

  void Add(io::Loop& loop, size_t n, uint64_t seed, const io::WebSocketConnectOptions& to) {
    simulators::DataPlaneV2Options options;
    options.node_id = absl::StrFormat("5cc02268-43f7-4ab7-8f64-%012d", n + 1);
    options.hostname = Cat("plane-", n);
    options.seed = seed + n;
    options.max_payload_bytes = kMaxPayload;
    // Kong waits for seconds before it dials again, which would be all that is measured of a start.
    options.pace.reconnect_min = absl::Milliseconds(50);
    options.pace.reconnect_max = absl::Milliseconds(100);
    auto one = std::make_unique<Plane>();
    one->number = n;
    one->plane = std::make_unique<simulators::DataPlaneV2>(loop, std::move(options),
                                                           simulators::DialOver(loop, to, kMaxPayload));
    one->plane->OnDelta([this, plane = one.get()](const Json& delta) { Note(*plane, delta); });
    one->plane->OnBatch([this, plane = one.get()](const simulators::DataPlaneBatch& batch) {
      ++taken_.deliveries;
      taken_.wholes += batch.wipe ? 1 : 0;
      if (batch.wipe) plane->targets.clear();
      for (auto& [id, mark] : plane->fresh) plane->targets.insert_or_assign(id, std::move(mark));
      plane->fresh.clear();
    });
    planes_.push_back(std::move(one));
  }

  void Note(Plane& plane, const Json& delta) {
    const Json& entity = At(delta, "entity");
    const std::string_view type = TextAt(delta, "type");
    ++taken_.entities;
    if (entity.is_null()) {
      if (type != "targets") return;
      const auto found = plane.targets.find(std::string(TextAt(At(delta, "pk"), "id")));
      if (found == plane.targets.end()) return;
      if (events_.wanted()) events_.seen(plane.number, found->second, true);
      plane.targets.erase(found);
      return;
    }
    taken_.bytes += simulators::DumpJson(entity).size();
    const bool target = type == "targets";
    if (!target && !events_.wanted()) return;
    for (std::string& mark : MarksOfEntity(type, entity)) {
      if (events_.wanted()) events_.seen(plane.number, mark, false);
      if (target) plane.fresh.insert_or_assign(std::string(TextAt(entity, "id")), std::move(mark));
    }
  }

  const Events events_;
  simulators::PemPair identity_;
  uint16_t port_ = 0;
  std::vector<std::unique_ptr<Plane>> planes_;
};

}  // namespace

MadeGateways NewDataPlanes(io::Loop& loop, size_t count, uint64_t seed,
                           ObservedGateways::Events events) {
  return DataPlanes::Create(loop, count, seed, std::move(events));
}

}  // namespace capacity
