// The three quadratic traps of an incremental engine: N claims on one key, N readers of one group,
// one group of N rows. One row that comes or goes must cost the same whatever N is.
//
//   trap_cost N [CHANGE]          prints and is measured as change_cost
#include <cstdlib>
#include <string_view>

#include "bench/measured.h"
#include "engine/text.h"

namespace {

using engine::Symbol;

struct Member {
  using Key = Symbol;
  Symbol name, club;
  int64_t since = 0;
  Key key() const { return name; }
  auto fields() const { return std::tie(name, club, since); }
};
struct Club {
  using Key = Symbol;
  Symbol name;
  Key key() const { return name; }
  auto fields() const { return std::tie(name); }
};
struct President {  // Claimed by every member; the oldest has it.
  using Key = Symbol;
  Symbol club, member;
  Key key() const { return club; }
  auto fields() const { return std::tie(club, member); }
};
struct Size {
  using Key = Symbol;
  Symbol club;
  uint64_t members = 0;
  Key key() const { return club; }
  auto fields() const { return std::tie(club, members); }
};

Member MemberOf(size_t i) {
  std::string digits = engine::Cat(1'000'000 + i);
  return {Symbol(engine::Cat("member-", digits)), Symbol("club"), static_cast<int64_t>(i)};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  size_t n = std::strtoul(argv[1], nullptr, 10);
  std::string_view only = argc > 2 ? argv[2] : "";
  engine::Graph graph(engine::NewSerialExecutor(), 1);
  auto& members = graph.AddSource<Member>("members");
  auto& clubs = graph.AddSource<Club>("clubs");
  auto& by_club = graph.AddIndex<Symbol>("by_club", members,
                                         [](const Member& m, auto visit) { visit(m.club); });
  auto& presidents = graph.AddTable<President>("presidents");
  auto& sizes = graph.AddTable<Size>("sizes");
  graph.AddRule("presidents", members, {&clubs}, std::tie(presidents),
                [&clubs](const Member& m, engine::Reader& read, engine::Emitter<President>& say) {
                  if (!read.Find(clubs, m.club)) return;
                  say.Emit(President{m.club, m.name}, {.created_s = m.since, .name = m.name});
                });
  graph.AddRule("sizes", by_club, {}, std::tie(sizes),
                [](const Symbol& club, engine::Group<Member> group, engine::Reader&,
                   engine::Emitter<Size>& say) { say.Emit(Size{club, group.size()}); });
  clubs.Set({Symbol("club")});
  for (size_t i = 1; i <= n; ++i) members.Set(MemberOf(i));
  graph.Step();
  struct Trap {
    const char* name;
    size_t member;
  };
  // Member 0 owns the key when it is there; one in the middle waits for it.
  for (Trap trap :
       {Trap{"trap-owner-comes-or-goes", 0}, Trap{"trap-waiter-goes-or-comes", n / 2}}) {
    if (!only.empty() && only != trap.name) continue;
    bench::Cost cost = bench::Measure(graph, [&](size_t round) {
      bool there = members.Find(MemberOf(trap.member).name) != nullptr;
      (void)round;
      if (there)
        members.Erase(MemberOf(trap.member).name);
      else
        members.Set(MemberOf(trap.member));
    });
    bench::Print(trap.name, cost, cost.stats.changes);
  }
}
