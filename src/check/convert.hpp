// From what a search finds to what people read.
#pragma once

#include "src/explore/path.hpp"
#include "src/trace/trace.hpp"

namespace pasid::check {

trace::Trace to_trace(const explore::Path& path, const std::string& design, const std::string& property,
                      const std::string& grain);

}  // namespace pasid::check
