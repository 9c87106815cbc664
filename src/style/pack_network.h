#pragma once
// [network]: what a style borrows from the composer network.

#include <optional>

#include "style/pack_table.h"
#include "style/style.h"

namespace undersong {

// `style` has its roles already.
std::optional<NetworkPack> read_network(PackTable table, const Style& style);

}  // namespace undersong
