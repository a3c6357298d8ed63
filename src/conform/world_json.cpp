#include "src/conform/world_json.hpp"

#include <algorithm>

#include "spec/lang/memory.hpp"
#include "src/io/design.hpp"
#include "src/io/names.hpp"
#include "src/trace/names.hpp"

namespace pasid::conform {
namespace {

using lang::Id;
using nlohmann::ordered_json;
using spec::NativeFacts;

template <class S>
std::string name(const trace::Names& names, Id<S> id) {
  return names(&lang::sort_info<S>, id.v);
}

template <class S, class F>
void each_of(const NativeFacts& facts, F visit) {
  for (int i = 1; i <= facts.size<S>(); ++i) visit(Id<S>{static_cast<std::uint8_t>(i)});
}

/// Sorts whose elements are only counted: names for what calls make, and number spaces.
constexpr std::array counted{&lang::sort_info<spec::Task>, &lang::sort_info<spec::Bond>, &lang::sort_info<spec::Desc>,
                             &lang::sort_info<spec::Space>};
constexpr std::array counted_as{"threads", "files", "works", "spaces"};

bool from_users_pool(const NativeFacts& facts) {
  return facts.kernel_scheme() == spec::KernelScheme::shared_pool ||
         facts.kernel_scheme() == spec::KernelScheme::init_mm;
}

}  // namespace

ordered_json world_json(const lang::Tree& tree, const World& world) {
  const NativeFacts& f = world.facts;
  const trace::Names names(tree, f);
  ordered_json out{{"series", io::name_of(static_cast<spec::Series>(f.series().v))}};
  for (const auto* list : {"units", "groups", "devices", "queues", "address_spaces", "pasids", "reserved"})
    out[list] = ordered_json::array();
  each_of<spec::Unit>(f, [&](auto u) { out["units"].push_back({{"name", name(names, u)}, {"svm", f.svm(u)}}); });
  each_of<spec::Group>(f, [&](auto g) { out["groups"].push_back(name(names, g)); });
  each_of<spec::Dev>(f, [&](auto d) {
    ordered_json device{{"name", name(names, d)},
                        {"unit", name(names, f.unit_of(d))},
                        {"group", name(names, f.group_of(d))},
                        {"max_pasids", max_pasids(world, d.v)},
                        {"ats", f.ats(d)},
                        {"privileged", f.privileged(d)},
                        {"user_space", name(names, f.space_of(d))},
                        {"kernel_space", name(names, f.kernel_space(d))}};
    if (!from_users_pool(f)) {
      device["kernel_pasids"] = ordered_json::array();
      each_of<spec::Pasid>(f, [&](auto p) {
        if (f.kernel_set(d, p)) device["kernel_pasids"].push_back(world.number(p.v));
      });
    }
    out["devices"].push_back(std::move(device));
  });
  each_of<spec::Wq>(f, [&](auto w) {
    out["queues"].push_back({{"name", name(names, w)},
                             {"device", name(names, f.wq_dev(w))},
                             {"shared", f.shared(w)},
                             {"kernel", f.kernel_queue(w)}});
  });
  each_of<spec::As>(f, [&](auto a) {
    out["address_spaces"].push_back(
        {{"name", name(names, a)}, {"kind", io::name_of(static_cast<spec::Kind>(f.kind(a).v))}});
  });
  each_of<spec::Pasid>(f, [&](auto p) { out["pasids"].push_back(world.number(p.v)); });
  for (const auto& [first, last] : reserved(world)) out["reserved"].push_back({first, last});
  for (std::size_t i = 0; i < counted.size(); ++i) out["names"][counted_as[i]] = lang::size_of(f, counted[i]);
  for (const auto& knob : io::knobs(tree)) out["knobs"][std::string(knob.name)] = io::value_of(f, knob);
  return out;
}

namespace {

/// Reads what world_json() writes; every name must be the one that trace::Names gives.
class Reader {
 public:
  Reader(const lang::Tree& tree, const NativeFacts& knobs, const io::Json& json) : tree_(tree), json_(json) {
    world_.facts = knobs;
  }

  World read() {
    check_knobs();
    sizes();
    address_spaces();
    numbers();
    places();
    tell_highest(world_);
    if (const auto* axiom = spec::broken_axiom(f()))
      json_.fail("this world breaks the axiom " + std::string(axiom->name), "a world of the design");
    return world_;
  }

 private:
  NativeFacts& f() { return world_.facts; }
  [[nodiscard]] io::Json part(std::string_view name) const { return json_.member(name, "a world"); }

  template <class S>
  void set_size(std::size_t n, const io::Json& at) {
    if (n > static_cast<std::size_t>(S::capacity))
      at.fail("there are " + std::to_string(n), "at most " + std::to_string(S::capacity));
    f().count[S::index] = static_cast<std::uint8_t>(n);
  }

  /// The element so called; names of elements are their prefix and number.
  template <class S>
  Id<S> element(const io::Json& object, std::string_view member) {
    const io::Json at = object.member(member, "this");
    const std::string given = at.text();
    for (int i = 1; i <= f().template size<S>(); ++i)
      if (given == std::string(lang::sort_info<S>.prefix) + std::to_string(i))
        return Id<S>{static_cast<std::uint8_t>(i)};
    at.fail("there is no " + io::in_quotes(given),
            std::string(lang::sort_info<S>.prefix) + "1 or another of this world");
  }
  template <class S>
  void must_be(const io::Json& object, Id<S> id) {
    if (element<S>(object, "name") != id)
      object.member("name", "this")
          .fail("this is out of turn", std::string(lang::sort_info<S>.prefix) + std::to_string(id.v));
  }
  std::uint32_t number(const io::Json& at) const {
    return static_cast<std::uint32_t>(at.number(0, pasid_numbers - 1, "a PASID, 0 to 1048575"));
  }

  void check_knobs() {
    const auto given = json_.find("knobs");
    if (!given) return;
    const auto all = io::knobs(tree_);
    for (const auto& [name, value] : given->members()) {
      const auto knob = std::ranges::find(all, name, &io::Knob::name);
      if (knob == all.end()) value.fail("there is no knob " + io::in_quotes(name), "a knob of the design");
      const auto is = knob->values[reinterpret_cast<const std::uint8_t*>(&f())[knob->offset] - std::size_t{1}];
      if (value.text() != is) value.fail("the design's " + name + " is another", io::in_quotes(is));
    }
  }

  void sizes() {
    set_size<spec::Unit>(part("units").elements().size(), part("units"));
    set_size<spec::Group>(part("groups").elements().size(), part("groups"));
    set_size<spec::Dev>(part("devices").elements().size(), part("devices"));
    set_size<spec::Wq>(part("queues").elements().size(), part("queues"));
    set_size<spec::As>(part("address_spaces").elements().size(), part("address_spaces"));
    set_size<spec::Pasid>(part("pasids").elements().size(), part("pasids"));
    for (std::size_t i = 0; i < counted.size(); ++i) {
      const auto most = static_cast<std::uint64_t>(counted[i]->capacity);
      f().count[static_cast<std::size_t>(counted[i]->index)] = static_cast<std::uint8_t>(
          part("names").member(counted_as[i], "names").number(0, most, "a number up to " + std::to_string(most)));
    }
  }

  void address_spaces() {
    Id<spec::As> a;
    for (const io::Json& each : part("address_spaces").elements()) {
      ++a.v;
      const io::Json kind = each.member("kind", "an address space");
      const auto known = io::enumerator_named<spec::Kind>(kind.text());
      if (!known)
        kind.fail("there is no kind " + io::in_quotes(kind.text()),
                  io::one_of(lang::sort_info<spec::Kind>.enumerators, kind.text()));
      f().kind(a) = *known;
    }
    const trace::Names names(tree_, f());
    a = {};
    for (const io::Json& each : part("address_spaces").elements()) {
      ++a.v;
      const io::Json given = each.member("name", "an address space");
      if (given.text() != name(names, a)) given.fail("this one has another name", io::in_quotes(name(names, a)));
    }
  }

  /// The numbers ascend; 0 is the RID's. Those that are not reserved are the users'.
  void numbers() {
    Id<spec::Pasid> p;
    for (const io::Json& each : part("pasids").elements()) {
      world_.numbers[++p.v] = number(each);
      if (p.v > 1 && world_.numbers[p.v] <= world_.numbers[p.v - 1U])
        each.fail("this number is not above the one before", "numbers in ascending order");
      if (world_.numbers[p.v] == 0) f().rid_pasid() = p;
    }
    each_of<spec::Pasid>(f(), [&](auto q) { f().user_range(q) = world_.numbers[q.v] != 0; });
    for (const io::Json& range : part("reserved").elements()) {
      const auto ends = range.elements("[first, last]");
      if (ends.size() != 2) range.fail("this is no range", "[first, last]");
      const std::uint32_t first = number(ends[0]);
      const std::uint32_t last = number(ends[1]);
      each_of<spec::Pasid>(f(), [&](auto q) {
        if (first <= world_.numbers[q.v] && world_.numbers[q.v] <= last) f().user_range(q) = false;
      });
    }
  }

  void places() {
    Id<spec::Unit> u;
    for (const io::Json& each : part("units").elements()) {
      must_be<spec::Unit>(each, Id<spec::Unit>{++u.v});
      f().svm(u) = each.member("svm", "a unit").boolean();
    }
    Id<spec::Dev> d;
    for (const io::Json& each : part("devices").elements()) {
      must_be<spec::Dev>(each, Id<spec::Dev>{++d.v});
      device(each, d);
    }
    Id<spec::Wq> w;
    for (const io::Json& each : part("queues").elements()) {
      must_be<spec::Wq>(each, Id<spec::Wq>{++w.v});
      f().wq_dev(w) = element<spec::Dev>(each, "device");
      f().shared(w) = each.member("shared", "a queue").boolean();
      f().kernel_queue(w) = each.member("kernel", "a queue").boolean();
    }
  }

  void device(const io::Json& given, Id<spec::Dev> d) {
    f().unit_of(d) = element<spec::Unit>(given, "unit");
    f().group_of(d) = element<spec::Group>(given, "group");
    f().space_of(d) = element<spec::Space>(given, "user_space");
    f().kernel_space(d) = element<spec::Space>(given, "kernel_space");
    f().ats(d) = given.member("ats", "a device").boolean();
    f().privileged(d) = given.member("privileged", "a device").boolean();
    const auto most = given.member("max_pasids", "a device").number(0, pasid_numbers, "a width, 0 to 1048576");
    f().capable(d) = most > 0;
    const auto kernel = given.find("kernel_pasids");
    const NativeFacts& so_far = f();
    each_of<spec::Pasid>(f(), [&](auto p) {
      f().fits(d, p) = world_.numbers[p.v] != 0 && world_.numbers[p.v] < most;
      f().kernel_set(d, p) = from_users_pool(so_far) && so_far.user_range(p);
    });
    if (!kernel) return;
    for (const io::Json& each : kernel->elements()) {
      const std::uint8_t atom = world_.atom(number(each));
      if (atom == 0) each.fail("this is none of the world's PASIDs", "one of them");
      f().kernel_set(d, Id<spec::Pasid>{atom}) = true;
    }
  }

  const lang::Tree& tree_;
  const io::Json& json_;
  World world_;
};

}  // namespace

World read_world(const lang::Tree& tree, const NativeFacts& knobs, const io::Json& json) {
  return Reader(tree, knobs, json).read();
}

}  // namespace pasid::conform
