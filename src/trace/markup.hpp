// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace pasid::trace {

/// `text` as it stands between tags or in a quoted attribute. What XML 1.0 cannot hold at all is a question mark.
std::string markup(std::string_view text);

}  // namespace pasid::trace
