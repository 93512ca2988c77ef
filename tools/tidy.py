#!/usr/bin/python3
"""Holds the house rules that no compiler checks. Prints `file:line: message`, exits with 1 if any.

usage: tools/tidy.py              check the files that git knows, and new ones it does not ignore
       tools/tidy.py --self-test  show that each rule bites, and spares what it should

Needs nothing but Python's standard library. A rule is a function that takes the tree and yields
findings; `SAMPLES` at the end holds for each rule what it must find and what it must not.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

LINE_COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600

CPP = (".h", ".cpp")
CODE = CPP + (".py", ".cmake", ".sh", ".js", ".mjs", ".css")
TEXT = CODE + (".md", ".json", ".yaml", ".yml", ".txt")
SELF = "tools/tidy.py"  # names what it bans


class File:
    """One text file: its lines, and for C++ the same lines without comments and string contents."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.splitlines()
        self.is_cpp = path.endswith(CPP)
        self.code = strip_comments_and_strings(text).splitlines() if self.is_cpp else self.lines

    def module(self):
        """The module of a file of sim/ or include/zonefall/, else None."""
        found = re.match(r"(?:sim|include/zonefall)/([^/]+)/", self.path)
        return found and found.group(1)

    def is_code(self):
        name = os.path.basename(self.path)
        script = self.text.startswith("#!")
        return self.path.endswith(CODE) or name == "CMakeLists.txt" or script

    def is_text(self):
        in_data = "/data/" in self.path or "/corpus/" in self.path
        return self.is_code() or (self.path.endswith(TEXT) and not in_data)


class Tree:
    """The files to check, by path, and the modules of sim/MODULES in order."""

    def __init__(self, texts):
        self.files = {path: File(path, text) for path, text in sorted(texts.items())}
        listed = texts.get("sim/MODULES", "").splitlines()
        self.modules = [name for line in listed if (name := line.split("#")[0].strip())]

    def cpp(self, *folders):
        return [f for f in self.files.values() if f.is_cpp and f.path.startswith(folders or "")]


# A raw string, a string, a character (not the ' of 1'000), a line comment, a block comment.
CPP_TOKEN = re.compile(
    r'R"(?P<mark>[^\s()\\]{0,16})\((?:.|\n)*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'"
    r"|//(?:\\\n|[^\n])*"
    r"|/\*(?:.|\n)*?\*/"
)


def strip_comments_and_strings(text):
    def blank(found):
        token = found.group()
        newlines = "\n" * token.count("\n")
        if token.startswith("/"):
            return newlines or " "
        if token.startswith("'"):
            return "' '"
        line_start = text.rfind("\n", 0, found.start()) + 1
        if re.match(r"\s*#\s*include\b", text[line_start:found.start()]):
            return token
        return '""' + newlines

    return CPP_TOKEN.sub(blank, text)


def functions(file):
    """Yields (first line, last line) of each function with a body, its signature included."""
    code = "\n".join("" if line.lstrip().startswith("#") else line for line in file.code)
    start = 0  # where the declaration begins that the scan is in
    depth = 0  # open braces of a body or an initialiser, not those of namespaces and classes
    for found in re.finditer("[{};]", code):
        at, mark = found.start(), found.group()
        if depth == 0 and mark == "{":
            kind = brace_kind(code[start:at])
            if kind == "scope":
                start = at + 1
            else:
                depth = 1
        elif depth == 0:
            start = at + 1
        else:
            depth += {"{": 1, "}": -1, ";": 0}[mark]
            # In `F(T t = {}) : a_{1}, b_{2} { ... }` only the last pair of braces is the body.
            declaration = code[start:at]
            in_parameters = declaration.count("(") > declaration.count(")")
            if depth == 0 and not in_parameters and not re.match(r"\s*[,{]", code[at + 1:]):
                if kind == "function":
                    first = start + re.match(r"(\s|\w+\s*:(?!:))*", declaration).end()
                    yield code.count("\n", 0, first) + 1, code.count("\n", 0, at) + 1
                start = at + 1


def brace_kind(declaration):
    """What a brace at namespace or class level opens, by what stands before it."""
    text = re.sub(r"\boperator\s*[^\s\w(]+", "operator_", declaration)
    for pair, stand_in in ((r"\{[^{}]*\}", " "), (r"\([^()]*\)", "@"), (r"<[^<>()]*>", " ")):
        while (shorter := re.sub(pair, stand_in, text)) != text:
            text = shorter
    skipped = r"(template\b|\[\[.*?\]\]|inline\b|(public|private|protected)\s*:|\s)*"
    text = text[re.match(skipped, text).end():]
    if re.match(r'(namespace|class|struct|union)\b|extern ""', text) and "@" not in text:
        return "scope"
    if "=" in text:
        return "function" if re.search(r"=\s*\[.*\]", text) else "other"
    return "function" if "@" in text else "other"


# ---- rules ---------------------------------------------------------------------------------------


def long_line(tree):
    for file in tree.files.values():
        if not file.is_code():
            continue
        for number, line in enumerate(file.lines, 1):
            if len(line) > LINE_COLUMNS_MAX and "://" not in line:
                yield file, number, f"{len(line)} columns; the most is {LINE_COLUMNS_MAX}"


def long_function(tree):
    for file in tree.cpp():
        for first, last in functions(file):
            if (lines := last - first + 1) > FUNCTION_LINES_MAX:
                yield file, first, f"function of {lines} lines; the most is {FUNCTION_LINES_MAX}"


def long_file(tree):
    for file in tree.files.values():
        if file.is_code() and len(file.lines) > FILE_LINES_MAX:
            yield file, 1, f"{len(file.lines)} lines; the most is {FILE_LINES_MAX}: split it"


def tab(tree):
    for file in tree.files.values():
        for number, line in enumerate(file.lines if file.is_text() else [], 1):
            if "\t" in line:
                yield file, number, "tab; indent with spaces, write \\t in strings"


def unfinished(tree):
    for file in tree.files.values():
        for number, line in enumerate(file.lines if file.is_text() else [], 1):
            if found := re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                yield file, number, f"{found.group()}: finish it, or leave it out"


def case_name(tree):
    for file in tree.cpp("tests/"):
        for number, line in enumerate(file.lines, 1):
            if re.search(r'TEST_CASE\("[^"]*;', line):
                yield file, number, "a semicolon in a case's name splits it for ctest; reword it"


def machine_path(tree):
    for file in tree.files.values():
        for number, line in enumerate(file.lines if file.is_text() else [], 1):
            if found := re.search(r"(?<![\w.*}/-])/(work|home|root|tmp|Users)/", line):
                yield file, number, f"{found.group()} is a path of one machine; use a relative path"


LIBM = (
    "a?(?:sin|cos|tan)h?|atan2|exp2?|expm1|log(?:2|10|1p|b)?|pow|cbrt|hypot|erfc?|lgamma|tgamma"
)
PRINTS = r"\bstd::(cout|cerr|clog)\b|\b[fv]{0,2}printf\b|\bfmt::print\b|\bputs\s*\("
BANNED = (  # in sim/ and include/: what, and what to do instead
    (r"#\s*include\s*<random>", "<random> differs between libraries; use core/rng.h"),
    (r"\bstd::(mt19937|minstd_rand|random_device|default_random_engine|\w+_distribution)",
     "differs between libraries or runs; use core/rng.h"),
    (r"\bs?rand\s*\(|\brandom\s*\(\s*\)|\bdrand48\b", "use core/rng.h"),
    (r"\bstd::(shuffle|sample)\b", "the order differs between libraries; use core/rng.h"),
    (r"\b(system|steady|high_resolution)_clock\b|\b(gettimeofday|clock_gettime)\b",
     "no wall clock decides here; take `now` as an argument"),
    (r"\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\b(localtime|mktime)(_r)?\s*\(",
     "no wall clock or time zone decides here; take `now` as an argument"),
    (r"(?<![\w.>:])(?:std::|::)?(?:%s)[fl]?\s*\(" % LIBM,
     "results differ between CPUs; use the fixed-point functions and tables of core"),
    (r"\bu?intptr_t\b", "addresses differ between runs; order and hash by id"),
    (r"\bthrow\b", "bad input returns Result, a broken invariant is ZF_ASSERT"),
    (PRINTS, "return text or data; only tools/ prints"),
)
SPARED = {("sim/core/assert.cpp", PRINTS)}  # the last words of a program that aborts


def banned_word(tree):
    for file in tree.cpp("sim/", "include/"):
        for number, line in enumerate(file.code, 1):
            for pattern, hint in BANNED:
                found = re.search(pattern, line)
                if found and (file.path, pattern) not in SPARED:
                    yield file, number, f"`{found.group().strip()}`: {hint}"


def unordered(tree):
    for file in tree.cpp("sim/", "include/"):
        for number, line in enumerate(file.code, 1):
            found = re.search(r"\bstd::unordered_\w+", line)
            if found and "// lookup only" not in file.lines[number - 1]:
                yield file, number, (f"`{found.group()}` has no stable order; sort, or "
                                     "say `// lookup only` where it is never iterated")


def compiler_flag(tree):
    for file in tree.files.values():
        build = file.path.endswith((".cmake", ".json", "CMakeLists.txt")) or file.text[:2] == "#!"
        for number, line in enumerate(file.lines if build else [], 1):
            if found := re.search(r"-ffast-math|-Ofast|-funsafe-math\S*|-march=native|-mfma", line):
                yield file, number, f"`{found.group()}` changes results between machines"


def switch_default(tree):
    for file in tree.cpp("sim/", "include/"):
        for number, line in enumerate(file.code, 1):
            if not re.search(r"\bdefault\s*:(?!:)", line):
                continue
            labels = re.findall(r"\bcase\s+(.)", "\n".join(file.code[:number]))
            if labels and (labels[-1] == "'" or labels[-1].isdigit()):
                continue  # over characters or numbers, where nobody lists all cases
            if not any("//" in near for near in file.lines[max(number - 2, 0):number]):
                yield file, number, ("`default:` hides new enumerators from the compiler; list the "
                                     "cases, or say why not in a comment")


def module_order(tree):
    for file in tree.cpp("sim/", "include/"):
        own = file.module()
        if own not in tree.modules:
            continue  # public_header and module_folder say so
        above = tree.modules[:tree.modules.index(own) + 1]
        for number, line in enumerate(file.code, 1):
            found = re.match(r'\s*#\s*include\s*[<"](zonefall/)?([^/">]+)/', line)
            if not found:
                continue
            public, other = found.groups()
            if public and other not in above:
                yield file, number, f"{own} may not use {other}: it is not above it in sim/MODULES"
            elif not public and other in tree.modules and (other != own or "include/" in file.path):
                yield file, number, f"private header of {other}; use include/zonefall/{other}/"
            elif other == "..":
                yield file, number, "include from the top: zonefall/<module>/ or <module>/"


def pragma_once(tree):
    for file in tree.cpp():
        if file.path.endswith(".h") and "#pragma once" not in file.code:
            yield file, 1, "header without `#pragma once`"


def header_contract(tree):
    for file in tree.cpp("include/"):
        text = re.sub(r"^(\s|#pragma once)*", "", file.text)
        if not text.startswith(("//", "/*")):
            yield file, 1, ("a public header opens with a comment: what it is for, what it may not "
                            "know, how it fails, its source")


def module_folder(tree):
    for file in tree.cpp("sim/", "include/"):
        own = file.module()
        if own is None:
            yield file, 1, "belongs to no module; move it to (sim|include/zonefall)/<module>/"
        elif own not in tree.modules:
            yield file, 1, f"sim/MODULES does not name the module {own}"
        elif f"sim/{own}/CMakeLists.txt" not in tree.files:
            yield file, 1, f"sim/{own}/CMakeLists.txt is missing: nothing builds this"


def unbuilt_test(tree):
    for file in tree.cpp("tests/"):
        folder, name = os.path.split(file.path)
        while folder != "tests" and f"{folder}/CMakeLists.txt" not in tree.files:
            folder = os.path.dirname(folder)
        listed = tree.files.get(f"{folder}/CMakeLists.txt")
        if file.path.endswith(".cpp") and (listed is None or name not in listed.text):
            yield file, 1, f"{folder}/CMakeLists.txt does not list {name}: it never runs"


RULES = (
    long_line, long_function, long_file, tab, unfinished, case_name, machine_path, banned_word,
    unordered, compiler_flag, switch_default, module_order, pragma_once, header_contract,
    module_folder, unbuilt_test,
)


def findings(tree):
    for rule in RULES:
        for file, number, message in rule(tree):
            if file.path != SELF or rule in (long_line, long_function, long_file):
                yield rule, file.path, number, message


# ---- self-test -----------------------------------------------------------------------------------

HEADER = "// What it is for.\n#pragma once\n"


def lines_of(count, text="  f();"):
    return "\n".join([text] * count)


# rule, path, text, lines where the rule must find something; nothing else may be found anywhere.
SAMPLES = (
    (long_line, "sim/core/a.cpp",
     "int a;\n// " + "x" * 98 + "\n// " + "x" * 97, [2]),
    (long_line, "tools/go",
     "#!/bin/bash\n# " + "x" * 99, [2]),
    (long_line, "sim/core/web/a.js",
     "// " + "x" * 98, [1]),
    (long_line, "README.md",
     "x" * 101, []),
    (long_function, "sim/core/a.cpp",
     f"int b() {{ return 1; }}\nvoid a() {{\n{lines_of(69)}\n}}", [2]),
    (long_function, "sim/core/a.cpp",
     f"namespace a {{\nvoid a() {{\n{lines_of(68)}\n}}\n}}", []),
    (long_function, "sim/core/a.cpp",
     f"struct A {{\n int x = 0;\n{lines_of(90, 'int f();')}\n}};", []),
    (long_function, "sim/core/a.cpp",
     f"int a[] = {{\n{lines_of(90, '1,')}\n}};\nint b() {{ return 1; }}", []),
    (long_function, "sim/core/a.cpp",
     f"template <class T = int>\nstruct A : B<T> {{\n public:\n  A(T t = {{}})\n"
     f"      : a_{{1}}, b_{{t}} {{\n{lines_of(70)}\n  }}\n}};", [4]),
    (long_function, "sim/core/a.cpp",
     f"auto a = [](int x) {{\n{lines_of(70)}\n}};", [1]),
    (long_function, "tests/core/test_a.cpp",
     f'TEST_CASE("{{") {{\n{lines_of(70)}\n}}', [1]),
    (long_function, "sim/core/a.cpp",
     f"bool operator==(A a, A b) {{\n{lines_of(70)}\n}}", [1]),
    (long_function, "sim/core/a.cpp",
     f"struct A make(int a) {{\n{lines_of(70)}\n}}", [1]),
    (long_function, "sim/core/a.cpp",
     "void a() { b = '{'; c = R\"x({\"{)x\"; d = 1'000; } // {\n"
     f"/* {{ */\nvoid b() {{\n{lines_of(70)}\n}}", [3]),
    (long_file, "sim/core/a.cpp",
     lines_of(601, "int f();"), [1]),
    (long_file, "sim/core/a.cpp",
     lines_of(600, "int f();"), []),
    (tab, "tools/a.cmake",
     "set(a)\n\tset(b)", [2]),
    (tab, "tests/core/data/zone.txt",
     "a\tb", []),
    (unfinished, "README.md",
     "fine\nTODO: more", [2]),
    (unfinished, "sim/core/a.cpp",
     "// FIXME\n// XXXX fine", [1]),
    (case_name, "tests/core/test_a.cpp",
     'TEST_CASE("a; b") {\nTEST_CASE("a, b") {  // c; d', [1]),
    (machine_path, "README.md",
     "see /home/me/x", [1]),
    (machine_path, "README.md",
     "https://example.org/home/ and a/tmp/b", []),
    (banned_word, "sim/core/a.cpp",
     "#include <random>\nstd::mt19937 a;\nint b = rand();", [1, 2, 3]),
    (banned_word, "sim/core/a.cpp",
     "auto a = std::chrono::system_clock::now();\n"
     "auto b = std::chrono::steady_clock::now();\nauto c = time(nullptr);", [1, 2, 3]),
    (banned_word, "sim/core/a.cpp",
     "a = std::exp(b);\na = pow(b, 2);\na = log1pf(b);", [1, 2, 3]),
    (banned_word, "sim/core/a.cpp",
     "a = x.log(b);\na = fixed::exp(b);\na = std::sqrt(b);\n"
     "// rand(), exp(x), time(nullptr), throw\n"
     "auto s = \"std::cout << exp(\";\nint operand(int);", []),
    (banned_word, "sim/core/a.cpp",
     "throw 1;\nstd::cout << 1;\nprintf(a);\nfprintf(a, b);\n"
     "auto p = reinterpret_cast<std::uintptr_t>(q);\nstd::shuffle(a, b, c);", [1, 2, 3, 4, 5, 6]),
    (banned_word, "sim/core/assert.cpp",
     "std::fprintf(stderr, a);\nthrow 1;", [2]),
    (banned_word, "tools/zonefall/main.cpp",
     "std::cout << 1;", []),
    (unordered, "sim/core/a.cpp",
     "std::unordered_map<int, int> a;\n"
     "std::unordered_set<int> b;  // lookup only", [1]),
    (compiler_flag, "tools/a.cmake",
     "set(a)\nadd(-ffast-math)\nadd(-march=native)", [2, 3]),
    (switch_default, "sim/core/a.cpp",
     "switch (a) {\n  case A::b:\n    break;\n  default:\n    b();\n}", [4]),
    (switch_default, "sim/core/a.cpp",
     "switch (a) {\n  case 's': return 1;\n  default: b();\n}", []),
    (switch_default, "sim/core/a.cpp",
     "switch (a) {\n  // The peer sends any number.\n  default: b();\n}\n"
     "A() = default;", []),
    (module_order, "sim/core/a.cpp",
     "#include \"zonefall/core/a.h\"\n#include <zonefall/dns/a.h>", [2]),
    (module_order, "sim/dns/a.cpp",
     "#include \"zonefall/core/a.h\"\n#include \"dns/b.h\"\n"
     "#include \"core/b.h\"\n#include \"../core/b.h\"\n#include <openssl/evp.h>", [3, 4]),
    (module_order, "include/zonefall/dns/a.h",
     HEADER + "#include \"dns/b.h\"", [3]),
    (pragma_once, "sim/core/a.h",
     "int f();", [1]),
    (pragma_once, "sim/core/a.h",
     "#pragma once\nint f();", []),
    (header_contract, "include/zonefall/core/a.h",
     "#pragma once\n#include <map>", [1]),
    (header_contract, "include/zonefall/core/a.h",
     "#pragma once\n\n// For a.\nint f();", []),
    (module_folder, "include/zonefall/dnssec/a.h",
     HEADER, [1]),
    (module_folder, "include/zonefall/mars/a.h",
     HEADER, [1]),
    (module_folder, "include/zonefall/a.h",
     HEADER, [1]),
    (module_folder, "include/zonefall/core/a.h",
     HEADER, []),
    (unbuilt_test, "tests/core/fuzz_b.cpp",
     "int f();", [1]),
    (unbuilt_test, "tests/dns/test_a.cpp",
     "int f();", [1]),
    (unbuilt_test, "tests/core/test_a.cpp",
     "int f();", []),
)

AROUND = {
    "sim/MODULES": "core # first\ndns\n\n# then\ndnssec\n",
    "sim/core/CMakeLists.txt": "zonefall_module(core)",
    "sim/dns/CMakeLists.txt": "zonefall_module(dns)",
    "tests/CMakeLists.txt": "",
    "tests/core/CMakeLists.txt": "zonefall_tests(core SOURCES test_a.cpp)",
}


def self_test():
    failures = 0
    for rule, path, text, lines in SAMPLES:
        found = list(findings(Tree({**AROUND, path: text})))
        wanted = [(rule, path, line) for line in lines]
        if [(r, p, n) for r, p, n, _ in found] != wanted:
            failures += 1
            print(f"{rule.__name__}: wanted lines {lines} of\n{text[:400]}\nfound:")
            for other, where, number, message in found:
                print(f"  {other.__name__}: {where}:{number}: {message}")
    for rule in RULES:
        if not any(sample[0] is rule and sample[3] for sample in SAMPLES):
            failures += 1
            print(f"{rule.__name__}: no sample shows that it bites")
    print(f"tidy self-test: {len(SAMPLES)} samples, {len(RULES)} rules, {failures} failures")
    return failures


def read_tree(root):
    command = ["git", "-c", f"safe.directory={root}",  # whoever owns the checkout
               "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        git = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
        paths = [path for path in git.stdout.split("\0") if path]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        walked = (path.relative_to(root) for path in root.rglob("*"))
        paths = [str(path) for path in walked if path.parts[0] not in ("build", ".cache", ".git")]
    texts = {}
    for path in paths:
        try:
            texts[path] = (root / path).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # not text, or deleted and not yet committed
    return Tree(texts)


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if arguments:
        print(__doc__)
        return 0 if arguments in (["--help"], ["-h"]) else 2
    tree = read_tree(Path(__file__).resolve().parent.parent)
    found = sorted({(path, number, message) for _, path, number, message in findings(tree)})
    for path, number, message in found:
        print(f"{path}:{number}: {message}")
    print(f"tidy: {len(tree.files)} files, {len(found)} findings")
    return 1 if found or not tree.files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
