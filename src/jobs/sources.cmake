# cmake -D ROOT=... -D OUT=... -P sources.cmake: writes the digest of the program's sources as the function that
# src/jobs/sources.hpp declares. The text of rules, calls and formulas is not in it: jobs::key() looks at what it says.
file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/src/*.cpp ${ROOT}/src/*.hpp ${ROOT}/src/*.c ${ROOT}/src/*.h
  ${ROOT}/spec/lang/*.cpp ${ROOT}/spec/lang/*.hpp)
list(APPEND files spec/facts.hpp spec/sorts.hpp spec/state.hpp)
list(SORT files)
set(text "")
foreach(file IN LISTS files)
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND text "${file} ${hash}\n")
endforeach()
string(SHA256 digest "${text}")
file(CONFIGURE OUTPUT ${OUT} CONTENT "#include \"src/jobs/sources.hpp\"\n\nnamespace pasid::jobs {\nstd::string_view sources() { return \"${digest}\"; }\n}  // namespace pasid::jobs\n")
