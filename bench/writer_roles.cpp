// Which writer is better at a role, by the measures.

#include <fmt/format.h>

#include <algorithm>

#include "bench_verbs.h"
#include "writer_yardsticks.h"

namespace undersong {
namespace {

// Nine measures a piece: one more in two pieces of a band that holds nine of ten.
constexpr double kLeastDifference = 0.05;
// Of the aim for notes in the asked chord.
constexpr double kLeastInChord = 0.85;

struct RoleRow {
  const PackPieces* pack = nullptr;
  Role role = Role::kLead;
  std::size_t real_parts = 0;
  std::map<WriterKind, std::vector<Measures>> parts;
  std::map<WriterKind, double> share;  // of measures inside their bands, over pieces
  double difference = 0.0;             // network - pattern, by seeds that both have
  std::optional<Interval> interval;
  std::string verdict;
};

const Measures& part_of(const MeasuredPiece& piece, Role role) {
  return piece.roles.at(index_of(role));
}

std::optional<double> share_in_chord(const RoleRow& row) {
  Ratio share;
  for (const double value : column(row.parts.at(WriterKind::kNeural), kInChord))
    share += {value, 1.0};
  return share.share();
}

std::string verdict_of(const RoleRow& row) {
  if (!row.interval) return "too few pieces";
  const auto in_chord = share_in_chord(row);
  const bool obeys = !in_chord || *in_chord >= kLeastInChord;
  if (row.interval->low > 0.0 && row.difference >= kLeastDifference)
    return obeys ? "network" : "pattern: network leaves the chord";
  if (row.interval->high < 0.0 && row.difference <= -kLeastDifference) return "pattern";
  return "no difference: pattern";
}

RoleRow row_of(const PackPieces& pack, Role role, const Yardstick& real) {
  RoleRow row;
  row.pack = &pack;
  row.role = role;
  row.real_parts = real.parts[index_of(role)];
  const Bands& bands = real.roles[index_of(role)];
  const auto& patterns = pack.by_writer.at(WriterKind::kPattern);
  const auto& network = pack.by_writer.at(WriterKind::kNeural);
  std::vector<double> differences;
  std::map<WriterKind, Ratio> shares;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    const Measures& one = part_of(patterns[i], role);
    const Measures& other = part_of(network[i], role);
    row.parts[WriterKind::kPattern].push_back(one);
    row.parts[WriterKind::kNeural].push_back(other);
    const auto its = inside(one, bands).share();
    const auto others = inside(other, bands).share();
    if (!its || !others) continue;
    differences.push_back(*others - *its);
    shares[WriterKind::kPattern] += {*its, 1.0};
    shares[WriterKind::kNeural] += {*others, 1.0};
  }
  for (auto& [writer, share] : shares) row.share[writer] = share.share().value_or(0.0);
  row.difference = row.share[WriterKind::kNeural] - row.share[WriterKind::kPattern];
  row.interval = interval_of_mean(differences);
  row.verdict = bands.empty() ? fmt::format("no yardstick ({} real parts): pattern", row.real_parts)
                              : verdict_of(row);
  return row;
}

bool is_played(const RoleRow& row) {
  return std::ranges::any_of(row.parts.at(WriterKind::kNeural), [](const Measures& part) {
    return std::ranges::any_of(part, [](const auto& value) { return value.has_value(); });
  });
}

std::string interval_text(const std::optional<Interval>& interval) {
  return interval ? fmt::format("{:+.2f} to {:+.2f}", interval->low, interval->high) : "-";
}

void print_decisions(const std::vector<RoleRow>& rows) {
  fmt::print(
      "\n### Which writer, by role\n\n"
      "Inside: share of the {} measures that lie between 5 % and 95 % of real parts of this role "
      "(real parts: 0.90), averaged over pieces. Rule: the network writes a role where it is "
      "inside "
      "by {:.2f} more than the patterns, the 95 % interval of that difference over seeds "
      "(bootstrap "
      "over pairs from one plan) lies above 0, and {:.2f} of its notes are in the chord that was "
      "asked; else patterns do.\n\n"
      "| style | role | real parts | pattern inside | network inside | difference | 95 % | better "
      "|\n|---|---|---|---|---|---|---|---|\n",
      kRoleMeasures, kLeastDifference, kLeastInChord);
  for (const RoleRow& row : rows) {
    const bool judged = row.share.contains(WriterKind::kNeural) && row.interval;
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} |\n", row.pack->style.name,
               name_of(row.role), row.real_parts,
               judged ? shown(row.share.at(WriterKind::kPattern)) : "-",
               judged ? shown(row.share.at(WriterKind::kNeural)) : "-",
               judged ? fmt::format("{:+.2f}", row.difference) : "-", interval_text(row.interval),
               row.verdict);
  }
}

// What the packs would say, were they set by this table alone.
void print_packs(const std::vector<PackPieces>& packs, const std::vector<RoleRow>& rows) {
  fmt::print("\nBy this rule the packs would say:\n\n");
  for (const PackPieces& pack : packs) {
    std::string roles;
    for (const RoleRow& row : rows) {
      if (row.pack == &pack && row.verdict == "network")
        roles += fmt::format("{}\"{}\"", roles.empty() ? "" : ", ", name_of(row.role));
    }
    fmt::print("- {}: `roles = [{}]`\n", pack.style.name, roles);
  }
}

void print_measures(const std::vector<RoleRow>& rows, Yardsticks& real) {
  fmt::print(
      "\nMedian of the pieces; of real parts the median and 5 % to 95 %.\n\n| style | role | of |");
  for (const char* name : kRoleMeasureNames) fmt::print(" {} |", name);
  fmt::print("\n|---|---|---|");
  for (std::size_t k = 0; k < kRoleMeasures; ++k) fmt::print("---|");
  fmt::print("\n");
  for (const RoleRow& row : rows) {
    const Half half = is_percussive(row.role) ? Half::kDrums : Half::kMusic;
    const Bands& bands = real.of(*network_style(row.pack->style, half), half, row.pack->bars())
                             .roles[index_of(row.role)];
    for (const auto& [writer, parts] : row.parts) {
      fmt::print("| {} | {} | {} |", row.pack->style.name, name_of(row.role), name_of(writer));
      for (std::size_t k = 0; k < kRoleMeasures; ++k)
        fmt::print(" {} |", shown(median(column(parts, k))));
      fmt::print("\n");
    }
    if (bands.empty()) continue;
    fmt::print("| {} | {} | real |", row.pack->style.name, name_of(row.role));
    for (const auto& band : bands) {
      if (band)
        fmt::print(" {:.2f} ({:.2f}-{:.2f}) |", band->middle, band->low, band->high);
      else
        fmt::print(" - |");
    }
    fmt::print("\n");
  }
}

}  // namespace

void print_writer_roles(const std::vector<PackPieces>& packs, Yardsticks& real) {
  std::vector<RoleRow> rows;
  for (const PackPieces& pack : packs) {
    for (const Half half : {Half::kMusic, Half::kDrums}) {
      const auto style = network_style(pack.style, half);
      if (!style) continue;
      for (const Role role : kRoles) {
        if (!roles_of(half).contains(role) || pack.style.role(role) == nullptr) continue;
        RoleRow row = row_of(pack, role, real.of(*style, half, pack.bars()));
        if (is_played(row)) rows.push_back(std::move(row));
      }
    }
  }
  print_decisions(rows);
  print_packs(packs, rows);
  print_measures(rows, real);
}

}  // namespace undersong
