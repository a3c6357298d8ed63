#include "src/smt/seeds.hpp"

#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "src/smt/proving.hpp"

namespace pasid::smt {
namespace {

/// Which assertion comes when. std::shuffle would differ between standard libraries.
std::vector<unsigned> order_of(unsigned assertions, unsigned seed) {
  std::vector<unsigned> out(assertions);
  std::iota(out.begin(), out.end(), 0U);
  if (seed == 0) return out;
  std::mt19937 draw(seed);
  for (std::size_t left = out.size(); left > 1; --left) std::swap(out[left - 1], out[draw() % left]);
  return out;
}

Answer ask(z3::context& z3, const z3::expr_vector& assertions, unsigned seed, unsigned effort, bool search) {
  z3::solver solver(z3, z3::solver::simple());
  z3::params p(z3);
  p.set("random_seed", seed);
  p.set("mbqi", search);
  p.set("rlimit", effort);
  if (!search) p.set("relevancy", 1U);
  solver.set(p);
  for (const unsigned i : order_of(assertions.size(), seed)) solver.add(assertions[static_cast<int>(i)]);
  const z3::check_result said = solver.check();
  if (said == z3::unsat) return Answer::unsat;
  return said == z3::sat && search ? Answer::sat : Answer::unknown;
}

}  // namespace

Seeded ask_with_seeds(const std::string& text, unsigned seeds, unsigned timeout_ms) {
  if (seeds == 0) throw std::invalid_argument("no seed to ask with");
  return asking_z3([&] {
    z3::context z3;
    const z3::expr_vector assertions = z3.parse_string(text.c_str());
    Seeded out{Answer::unknown, 0, seeds, 0};
    for (unsigned seed = 0; seed < seeds; ++seed) {
      const double start = cpu_seconds();
      Answer answer = ask(z3, assertions, seed, 1000 * timeout_ms, false);
      if (answer == Answer::unknown) answer = ask(z3, assertions, seed, 1000 * timeout_ms, true);
      if (seed == 0) out.answer = answer, out.seconds = cpu_seconds() - start;
      else out.changed += answer == out.answer ? 0 : 1;
    }
    return out;
  });
}

std::string first_solver() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned build = 0;
  unsigned revision = 0;
  Z3_get_version(&major, &minor, &build, &revision);
  return "Z3 " + std::to_string(major) + '.' + std::to_string(minor) + '.' + std::to_string(build);
}

}  // namespace pasid::smt
