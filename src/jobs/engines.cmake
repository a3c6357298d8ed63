# cmake -D ROOT=... -D OUT=... -P engines.cmake: writes the digest of the engines' sources, where it is another, as the
# function that src/jobs/engines.hpp declares. The text of rules, calls and formulas is not in it: jobs::key() looks at
# what it says.
set(text "")
foreach(room IN ITEMS base check conform engine explore io mutate review smt trace)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/src/${room}/*.cpp ${ROOT}/src/${room}/*.hpp)
  list(SORT files)
  foreach(file IN LISTS files)
    file(SHA256 ${ROOT}/${file} hash)
    string(APPEND text "${file} ${hash}\n")
  endforeach()
endforeach()
file(GLOB files RELATIVE ${ROOT} ${ROOT}/spec/lang/*.cpp ${ROOT}/spec/lang/*.hpp ${ROOT}/spec/facts.hpp ${ROOT}/spec/sorts.hpp
  ${ROOT}/spec/state.hpp)
list(SORT files)
foreach(file IN LISTS files)
  file(SHA256 ${ROOT}/${file} hash)
  string(APPEND text "${file} ${hash}\n")
endforeach()
string(SHA256 digest "${text}")
file(CONFIGURE OUTPUT ${OUT} CONTENT "#include \"src/jobs/engines.hpp\"\n\nnamespace pasid::jobs {\nstd::string_view engines() { return \"${digest}\"; }\n}  // namespace pasid::jobs\n")
