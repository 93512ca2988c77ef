// Runs a fuzz target without libFuzzer: each file of a corpus folder as it is, then a fixed number
// of seeded mutations. The same inputs every time, with any compiler, so that ctest can hold it
// green. Usage: fuzz_NAME CORPUS_FOLDER MUTATIONS. A fatal input is left in fuzz_NAME.crash.
#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Present where a sanitizer is linked in. NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t input_size_max = 65'535;

Input current_input;
std::string crash_path;

void save_current_input() {
  const int file = open(crash_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0) return;
  const auto written = write(file, current_input.data(), current_input.size());
  close(file);
  constexpr std::string_view note = "fatal input saved beside this program as *.crash\n";
  if (written >= 0 && write(STDERR_FILENO, note.data(), note.size()) < 0) return;
}

void on_fatal_signal(int signal_number) {
  save_current_input();
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

// SplitMix64: enough for mutations, and the same everywhere.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }

 private:
  std::uint64_t state_;
};

void mutate_once(Input& input, const Input& other, Rng& rng) {
  constexpr std::uint8_t telling_bytes[] = {0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xff};
  const std::size_t at = rng.below(input.size() + 1);
  const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
  const auto random_byte = static_cast<std::uint8_t>(rng.next());
  if (place == input.end()) {
    input.push_back(random_byte);
    return;
  }
  switch (rng.below(6)) {
    case 0: *place = static_cast<std::uint8_t>(*place ^ (1U << rng.below(8))); break;
    case 1: *place = telling_bytes[rng.below(std::size(telling_bytes))]; break;
    case 2: *place = random_byte; break;
    case 3: input.erase(place, place + std::min<std::ptrdiff_t>(input.end() - place, 8)); break;
    case 4: input.insert(place, random_byte); break;
    case 5: {
      if (other.empty()) break;
      const std::size_t from = rng.below(other.size());
      input.resize(at);
      input.insert(input.end(), other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
      break;
    }
  }
  if (input.size() > input_size_max) input.resize(input_size_max);
}

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

void run(Input input) {
  current_input = std::move(input);
  LLVMFuzzerTestOneInput(current_input.data(), current_input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t mutations = 0;
  const std::string_view count = argc == 3 ? argv[2] : "";
  const auto parsed = std::from_chars(count.data(), count.data() + count.size(), mutations);
  if (count.empty() || parsed.ptr != count.data() + count.size()) {
    std::fprintf(stderr, "usage: %s CORPUS_FOLDER MUTATIONS\n", argv[0]);
    return 2;
  }
  const std::vector<Input> corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "%s: no inputs in %s\n", argv[0], argv[1]);
    return 2;
  }

  crash_path = std::string(argv[0]) + ".crash";
  for (const int number : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) {
    std::signal(number, on_fatal_signal);
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(save_current_input);

  for (const Input& input : corpus) run(input);
  Rng rng(0x7a6f6e6566616c6c);
  for (std::uint64_t n = 0; n < mutations; ++n) {
    Input input = corpus[rng.below(corpus.size())];
    const Input& other = corpus[rng.below(corpus.size())];
    for (std::size_t step = 1 + rng.below(4); step > 0; --step) mutate_once(input, other, rng);
    run(std::move(input));
  }
  std::printf("%zu inputs and %llu mutations\n", corpus.size(),
              static_cast<unsigned long long>(mutations));
  return 0;
}
