// What needs no virtual machine of the kernels under test: the cache's lock, builds by what they are made of, and what
// is said of a kernel of one's own.
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include <doctest/doctest.h>

#include "src/conform/linux/build.hpp"
#include "src/conform/linux/cache.hpp"
#include "src/conform/linux/own.hpp"
#include "src/conform/linux/shell.hpp"
#include "tests/support/directory.hpp"

namespace pasid {
namespace {

namespace fs = std::filesystem;
namespace vm = conform::vm;

/// A variable of the environment, with another value while it lives.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* const now = std::getenv(name); now != nullptr) before_ = now;
    setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    if (before_.empty()) unsetenv(name_);
    else setenv(name_, before_.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::string before_;
};

TEST_CASE("linux: who has the lock keeps others out until it lets go") {
  const test::Directory directory;
  const fs::path file = fs::path(directory / "cache") / "lock";
  bool waited = false;
  {
    const vm::Lock held(file, [&] { waited = true; });
    CHECK(!vm::Lock::if_free(file));
    CHECK(vm::Lock::if_free(directory / "another"));
  }
  CHECK(vm::Lock::if_free(file));
  CHECK(!waited);
}

TEST_CASE("linux: a build goes by its sources, compiler and kernel: another of them is another directory") {
  const test::Directory root;
  for (const auto* file : {"agent/main.c", "module/main.c", "module/Kbuild"})
    root.write("src/conform/linux/" + std::string(file), "text");
  root.write("bin/gcc", "#!/bin/sh\necho gcc 12.1\n");
  fs::permissions(root / "bin/gcc", fs::perms::owner_all);
  root.write("headers/Module.symvers", "symbols");
  const Environment data("PASID_DATA", root / "");
  const Environment path("PATH", std::string(root / "bin") + ":/usr/bin:/bin");
  vm::Kernel kernel{"Linux 7.3.4", &vm::series_named("7.3"), root / "kernel", root / "vmlinuz", root / "headers", {}};
  const auto directory = [&] { return vm::build_for(kernel).directory; };

  const fs::path first = directory();
  CHECK(first == directory());
  CHECK(first.parent_path() == fs::path(root / "kernel") / "builds");
  const auto differs = [&](const std::string& what, const std::function<void()>& change,
                           const std::function<void()>& back) {
    CAPTURE(what);
    change();
    CHECK(directory() != first);
    back();
    CHECK(directory() == first);
  };
  for (const auto* file : {"src/conform/linux/agent/main.c", "src/conform/linux/module/Kbuild"})
    differs(
        file, [&] { root.write(file, "texts"); }, [&] { root.write(file, "text"); });
  differs(
      "a file more", [&] { root.write("src/conform/linux/agent/more.c", ""); },
      [&] { fs::remove(root / "src/conform/linux/agent/more.c"); });
  differs(
      "the compiler", [&] { root.write("bin/gcc", "#!/bin/sh\necho gcc 12.2\n"); },
      [&] { root.write("bin/gcc", "#!/bin/sh\necho gcc 12.1\n"); });
  differs(
      "the kernel's symbols", [&] { root.write("headers/Module.symvers", "others"); },
      [&] { root.write("headers/Module.symvers", "symbols"); });
  differs(
      "the series", [&] { kernel.series = &vm::series_named("6.12"); },
      [&] { kernel.series = &vm::series_named("7.3"); });
  differs(
      "what is loaded first", [&] { kernel.modules = {"virtio.ko"}; }, [&] { kernel.modules.clear(); });
}

TEST_CASE("linux: of a kernel's builds four are kept, the last used, and one that a machine uses stays") {
  const test::Directory root;
  const auto build = [&](const std::string& name) { return vm::Build{{}, {}, fs::path(root / "builds") / name}; };
  const auto now = fs::file_time_type::clock::now();
  for (const auto* name : {"a", "b", "c", "d", "e", "f"}) {
    fs::create_directories(build(name).directory);
    root.write("builds/" + std::string(name) + "/console-0.log", "");
    fs::last_write_time(build(name).directory, now - std::chrono::hours('f' - *name + 1));
  }
  {
    const auto in_use = vm::Lock::if_free(vm::console(build("b"), 0));
    REQUIRE(in_use);
    vm::remove_old(build("f"));
    CHECK(!fs::exists(build("a").directory));
    CHECK(fs::exists(build("b").directory));
    CHECK(fs::exists(build("c").directory));
  }
  vm::remove_old(build("f"));
  CHECK(!fs::exists(build("b").directory));
  CHECK(fs::exists(build("c").directory));
  CHECK(fs::exists(build("f").directory));
}

/// The header of a bzImage, as far as it is read; the version behind it.
std::string image(const std::string& version) {
  std::string out(0x300, '\0');
  out.replace(0x202, 4, "HdrS");
  out.replace(0x20e, 2, std::string("\x00\x01", 2));  // at 0x200 + 0x100
  return out + version + '\0';
}

TEST_CASE("linux: a kernel of one's own is taken with the headers of its build, and with nothing else") {
  const test::Directory root;
  const Environment home("HOME", root / "");
  const auto build_it = [&](const std::string& release) {
    root.write("bzImage", image(release + " (me@here) #1"));
    root.write("tree/Makefile", "");
    root.write("tree/include/generated/utsrelease.h", "#define UTS_RELEASE \"" + release + "\"\n");
    std::string options;
    for (const auto* option : {"BLK_DEV_INITRD", "DEVTMPFS", "IOMMU_SVA", "KPROBES", "MODULES", "PCI_ATS", "PCI_PASID",
                               "SERIAL_8250_CONSOLE", "VIRTIO_CONSOLE", "VIRTIO_PCI"})
      options += "CONFIG_" + std::string(option) + "=y\n";
    root.write("tree/include/config/auto.conf", options);
    return options;
  };
  const auto said = [&](const std::string& headers = "tree") {
    try {
      vm::own_kernel(root / "bzImage", headers.empty() ? "" : root / headers);
    } catch (const std::invalid_argument& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const auto contains = [](const std::string& text, const std::string& part) {
    CAPTURE(text);
    return text.find(part) != text.npos && text.find('\n') == text.npos;
  };

  CHECK(contains(said(), "there is no kernel"));
  const std::string options = build_it("7.4.0-rc1-mine");
  CHECK(said().empty());
  const vm::Kernel kernel = vm::own_kernel(root / "bzImage", root / "tree");
  CHECK(kernel.name == "Linux 7.4.0-rc1-mine");
  CHECK(kernel.series->name == "7.3");

  CHECK(contains(said(""), "--headers is missing"));
  CHECK(contains(said("nowhere"), "modules cannot be built in"));
  root.write("tree/include/config/auto.conf",
             options.substr(0, options.rfind("CONFIG_VIRTIO_PCI")) + "CONFIG_VIRTIO_PCI=m\n");
  CHECK(contains(said(), "CONFIG_VIRTIO_PCI=y"));
  root.write("bzImage", image("7.4.0-rc1-other (me@here)"));
  CHECK(contains(said(), "is of Linux 7.4.0-rc1-mine, and the image of Linux 7.4.0-rc1-other"));
  root.write("bzImage", "ELF");
  CHECK(contains(said(), "expected a bzImage"));
  build_it("6.10.3");
  CHECK(contains(said(), "no module for Linux 6.10.3; expected a kernel like 6.1, 6.12, 7.3"));
}

TEST_CASE("linux: a command that fails is told by its first error, else by its last word") {
  const test::Directory root;
  const fs::path log = root / "log";
  const auto said = [&](const std::string& command) {
    try {
      vm::run("it cannot be", command, log);
    } catch (const vm::Unavailable& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const std::string where = " (" + log.string() + ")";
  CHECK(said("echo well").empty());
  CHECK(said("echo one; echo two; false") == "it cannot be: two" + where);
  CHECK(said("echo 'a.c:1:2: error: no'; echo 'make: leaving'; false") == "it cannot be: a.c:1:2: error: no" + where);
  // What the log says of an earlier one is no matter.
  CHECK(said("echo three; false") == "it cannot be: three" + where);
  CHECK(said("false") == "it cannot be: it said nothing" + where);
}

}  // namespace
}  // namespace pasid
