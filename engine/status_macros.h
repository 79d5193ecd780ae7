// RETURN_IF_ERROR and ASSIGN_OR_RETURN for absl::Status and absl::StatusOr, and nothing else.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (absl::Status status_ = (expr); !status_.ok()) return status_; \
  } while (false)

#define KDELTA_CONCAT_(a, b) a##b
#define KDELTA_CONCAT(a, b) KDELTA_CONCAT_(a, b)

// ASSIGN_OR_RETURN(auto row, Parse(text));
#define ASSIGN_OR_RETURN(lhs, expr) ASSIGN_OR_RETURN_(KDELTA_CONCAT(value_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_(value_or, lhs, expr)             \
  auto value_or = (expr);                                  \
  if (!value_or.ok()) return std::move(value_or).status(); \
  lhs = *std::move(value_or)
