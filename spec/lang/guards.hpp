// The four guards: the only macros of the rule language, because they leave the rule. `r` is the rule being read.
// In a header of their own, for the texts of rules alone: test frameworks have a REQUIRE too.
#pragma once

/// An ordered check of the implementation; the first that fails gives the call's errno.
#define REQUIRE(cond, err, label)                   \
  do {                                              \
    if (!r.require((cond), (err), (label))) return; \
  } while (false)

/// Not enabled until `cond` holds, which comes about without the caller: a drain, a lock, a last reference, the turn of
/// a section within its call. Who asks for the call meanwhile has to wait.
#define AWAIT(cond, label)                 \
  do {                                     \
    if (!r.await((cond), (label))) return; \
  } while (false)

/// Not enabled unless `cond` holds, without which the call has no meaning: a thread that is not there, a file that is
/// not open. Nobody asks for the call then. To proofs and searches it is the same as AWAIT.
#define GIVEN(cond, label)                 \
  do {                                     \
    if (!r.given((cond), (label))) return; \
  } while (false)

/// `x` was picked among the values for which the predicate (last argument) holds.
#define CHOOSE(x, policy, label, ...)                           \
  do {                                                          \
    if (!r.choose((x), (policy), (label), __VA_ARGS__)) return; \
  } while (false)
