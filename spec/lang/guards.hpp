// The three guards: the only macros of the rule language, because they leave the rule. `r` is the rule being read.
// In a header of their own, for the texts of rules alone: test frameworks have a REQUIRE too.
#pragma once

/// An ordered check of the implementation; the first that fails gives the call's errno.
#define REQUIRE(cond, err, label)                   \
  do {                                              \
    if (!r.require((cond), (err), (label))) return; \
  } while (false)

/// Not enabled until `cond` holds: a drain, a lock, a last reference.
#define AWAIT(cond, label)                 \
  do {                                     \
    if (!r.await((cond), (label))) return; \
  } while (false)

/// `x` was picked among the values for which the predicate (last argument) holds.
#define CHOOSE(x, policy, label, ...)                           \
  do {                                                          \
    if (!r.choose((x), (policy), (label), __VA_ARGS__)) return; \
  } while (false)
