// Rows from the pages of a list, as a benchmark needs them: all good, or the program ends.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/assert.h"
#include "engine/inbox.h"
#include "engine/text.h"
#include "k8s/parse.h"
#include "kong/gateway_graph.h"

namespace bench {

template <class R>
std::vector<R> ParseRows(const std::vector<std::string>& pages) {
  const k8s::ParseOptions options = kong::GatewayGraph::WhatToParse();
  std::vector<R> rows;
  std::vector<k8s::BadObject> bad;
  for (const std::string& page : pages)
    CHECK(k8s::ParseListPage(page, options, rows, bad).ok(), "a page is JSON");
  CHECK(bad.empty(), engine::MessageOf(bad.front().why));
  return rows;
}

// As a reflector does when a first list is complete.
template <class R>
void TakeList(const std::vector<std::string>& pages, engine::Source<R>& source,
              engine::Inbox& inbox) {
  inbox.ReplaceAll(source, ParseRows<R>(pages));
}

}  // namespace bench
