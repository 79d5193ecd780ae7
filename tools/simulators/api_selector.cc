#include "tools/simulators/api_selector.h"

#include <algorithm>
#include <utility>

#include "engine/status_macros.h"
#include "engine/text.h"

namespace simulators {
namespace {

using engine::Trim;

// Parts between commas that stand outside parentheses.
std::vector<std::string_view> SplitTerms(std::string_view text) {
  std::vector<std::string_view> terms;
  size_t start = 0;
  int depth = 0;
  for (size_t at = 0; at <= text.size(); ++at) {
    if (at == text.size() || (text[at] == ',' && depth == 0)) {
      if (std::string_view term = Trim(text.substr(start, at - start)); !term.empty()) {
        terms.push_back(term);
      }
      start = at + 1;
    } else if (text[at] == '(') {
      ++depth;
    } else if (text[at] == ')') {
      --depth;
    }
  }
  return terms;
}

std::vector<std::string> SplitValues(std::string_view list) {
  std::vector<std::string> values;
  for (std::string_view value : engine::Split(list, ',')) values.emplace_back(Trim(value));
  return values;
}

bool IsKey(std::string_view key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == '/';
  });
}

}  // namespace

absl::StatusOr<ApiSelector::Term> ApiSelector::ParseTerm(std::string_view text) {
  Term term;
  auto finish = [&](std::string_view key) -> absl::StatusOr<Term> {
    term.key = Trim(key);
    if (!IsKey(term.key))
      return engine::InvalidArgument("unable to parse requirement: \"", text, "\"");
    return std::move(term);
  };
  if (size_t at = text.find("!="); at != text.npos) {
    term.how = Term::How::kNotIn;
    term.values = {std::string(Trim(text.substr(at + 2)))};
    return finish(text.substr(0, at));
  }
  if (size_t at = text.find('='); at != text.npos) {
    size_t after = at + 1 < text.size() && text[at + 1] == '=' ? at + 2 : at + 1;
    term.how = Term::How::kIn;
    term.values = {std::string(Trim(text.substr(after)))};
    return finish(text.substr(0, at));
  }
  if (text.ends_with(')') && text.find('(') != text.npos) {
    size_t open = text.find('(');
    term.values = SplitValues(text.substr(open + 1, text.size() - open - 2));
    std::string_view head = Trim(text.substr(0, open));
    for (auto [word, how] : {std::pair{std::string_view(" notin"), Term::How::kNotIn},
                             std::pair{std::string_view(" in"), Term::How::kIn}}) {
      if (!head.ends_with(word)) continue;
      term.how = how;
      return finish(head.substr(0, head.size() - word.size()));
    }
    return engine::InvalidArgument("unable to parse requirement: \"", text, "\"");
  }
  if (text.starts_with('!')) {
    term.how = Term::How::kMissing;
    return finish(text.substr(1));
  }
  return finish(text);
}

absl::StatusOr<ApiSelector> ApiSelector::Parse(std::string_view labels, std::string_view fields) {
  ApiSelector selector;
  for (std::string_view text : SplitTerms(labels)) {
    ASSIGN_OR_RETURN(Term term, ParseTerm(text));
    selector.terms_.push_back(std::move(term));
  }
  for (std::string_view text : SplitTerms(fields)) {
    ASSIGN_OR_RETURN(Term term, ParseTerm(text));
    term.field = true;
    if (term.key != "metadata.name" && term.key != "metadata.namespace") {
      return engine::InvalidArgument("field label not supported: ", term.key);
    }
    selector.terms_.push_back(std::move(term));
  }
  return selector;
}

bool ApiSelector::Fits(const Term& term, const std::string_view* value) {
  using How = Term::How;
  if (term.how == How::kExists) return value != nullptr;
  if (term.how == How::kMissing) return value == nullptr;
  bool listed = value != nullptr &&
                std::find(term.values.begin(), term.values.end(), *value) != term.values.end();
  return listed == (term.how == How::kIn);
}

bool ApiSelector::Matches(std::string_view space, std::string_view name,
                          const Labels& labels) const {
  for (const Term& term : terms_) {
    std::string_view value;
    bool there = true;
    if (term.field) {
      value = term.key == "metadata.name" ? name : space;
    } else {
      auto label = labels.find(term.key);
      there = label != labels.end();
      if (there) value = label->second;
    }
    if (!Fits(term, there ? &value : nullptr)) return false;
  }
  return true;
}

}  // namespace simulators
