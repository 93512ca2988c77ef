"""Goal: the schemas that `zonefall schema` prints are valid ones, as Python's jsonschema reads
them; they have the keys of the reference, take the files that the reader takes, and refuse wrong
keys and forms."""

import copy
import json
import re
import unittest
from pathlib import Path

import jsonschema
import yaml
from program import DE, SMALL, ProgramTest, zonefall

PROFILES = sorted(Path("scenarios/profiles").glob("*.yaml"))
# Of tests/system/malformed: what is wrong with the others is nothing that a schema can say.
WRONG_KEYS = {"key-missing", "key-unknown", "knob-unknown", "no-expectation"}
WRONG_FORMS = {"duration-unit", "duration-without-unit", "generation-unknown", "key-bits",
               "percentage-bare", "time-zone", "version-newer"}


class Yaml12Loader(yaml.SafeLoader):
    """Scalars as the core schema of YAML 1.2 (10.3.2) has them, and editors with it."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (("null", r"~|null|Null|NULL|", "~nN"),
                            ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
                            ("int", r"[-+]?[0-9]+", "-+0123456789"),
                            ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
                             "-+.0123456789")):
    Yaml12Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"),
                                       [*first, *([""] if tag == "null" else [])])


def from_yaml(text):
    return yaml.load(text, Loader=Yaml12Loader)


def schema(*options):
    finished = zonefall("schema", *options)
    assert (finished.code, finished.words) == (0, ""), finished.words
    return json.loads(finished.out)


def mappings(tree):
    """All mappings of a tree, itself included."""
    if isinstance(tree, dict):
        yield tree
    for value in (tree.values() if isinstance(tree, dict) else
                  tree if isinstance(tree, list) else ()):
        yield from mappings(value)


def keys_of(mapping, prefix=""):
    """Path and description of each value that a mapping's schema has."""
    for key, value in mapping["properties"].items():
        if key in ("source", "confidence", "sources", "base"):
            continue
        inner, path = value, prefix + key
        if value.get("type") == "array" and "properties" in value["items"]:
            inner, path = value["items"], path + "[]"
        if "properties" in inner:
            yield from keys_of(inner, path + ".")
        else:
            yield path, value["description"]


def rows_of(readme):
    """The same of a README's table of keys."""
    rows = re.findall(r"^\| `([^`]+)` \| .* \| ([^|]+) \|$", Path(readme).read_text(), re.MULTILINE)
    return dict(rows)


class Schemas(ProgramTest):
    def setUp(self):
        super().setUp()
        self.of_scenarios = jsonschema.Draft202012Validator(schema())
        self.of_profiles = jsonschema.Draft202012Validator(schema("--profile"))
        self.both = (self.of_scenarios, self.of_profiles)

    def assert_taken(self, validator, text):
        error = jsonschema.exceptions.best_match(validator.iter_errors(from_yaml(text)))
        self.assertIsNone(error, error and f"{error.json_path}: {error.message}")

    def test_valid(self):
        for validator in self.both:
            self.assertEqual(validator.schema["$schema"], validator.META_SCHEMA["$id"])
            validator.check_schema(validator.schema)

    def test_defaults_fit(self):
        for validator in self.both:
            with_default = [each for each in mappings(validator.schema) if "default" in each]
            self.assertGreater(len(with_default), 40)
            for each in with_default:
                with self.subTest(each["description"]):
                    validator.evolve(schema={**each, "$defs": validator.schema["$defs"]}).validate(
                        each["default"])

    def test_scenarios(self):
        for path in (DE, SMALL):
            with self.subTest(path):
                self.assert_taken(self.of_scenarios, Path(path).read_text())
                self.assert_taken(self.of_scenarios, zonefall("check", "--print", path).out)

    def test_profiles(self):
        self.assertGreater(len(PROFILES), 10)
        for path in PROFILES:
            with self.subTest(path.name):
                self.assert_taken(self.of_profiles, path.read_text())

    def test_other_forms(self):
        """What the shipped files do not use, but the reader takes."""
        text = Path(SMALL).read_text()
        changed = self.folder / "changed.yaml"
        (self.folder / "profiles").symlink_to(Path("scenarios/profiles").resolve())
        for old, new in (("size: 3_000", "size: {value: 3_000, confidence: derived}"),
                         ("size: 3_000", 'size: "3000"'),
                         ("from: 2026-05-05T19:00Z", "from: 2026-05-05T19:00:00.0Z"),
                         ("loss: 0.1 %", "loss: 0.1%"),
                         ("bin: 5 min", "bin: 300s"),
                         ("name: checker", "name: 2026"),
                         ("[hsm-1, hsm-2, hsm-3]", "{value: [hsm-1, hsm-2, hsm-3], source: a b}"),
                         ("delay_after_alert: 20 min", "source: a b")):
            with self.subTest(new):
                self.assertIn(old, text)
                changed.write_text(text.replace(old, new, 1))
                self.assert_taken(self.of_scenarios, changed.read_text())
                finished = zonefall("check", str(changed))
                self.assertEqual(finished.code, 0, finished.words)

    def test_malformed(self):
        refused = set()
        for path in Path("tests/system/malformed").glob("*.yaml"):
            try:
                document = from_yaml(path.read_text())
            except yaml.YAMLError:
                continue
            if not self.of_scenarios.is_valid(document):
                refused.add(path.stem)
        self.assertEqual(refused, WRONG_KEYS | WRONG_FORMS)

    def test_unknown_keys(self):
        """In whichever mapping they stand."""
        for validator, path in ((self.of_scenarios, SMALL), (self.of_profiles, PROFILES[0])):
            good = from_yaml(Path(path).read_text())
            for number in range(len(list(mappings(good)))):
                bad = copy.deepcopy(good)
                list(mappings(bad))[number]["unknown"] = 1
                self.assertFalse(validator.is_valid(bad), f"{path}: mapping {number}")

    def test_nothing_is_left_open(self):
        for validator in self.both:
            for each in mappings(validator.schema):
                if each.get("type") == "object":
                    self.assertIn("additionalProperties", each)
                    self.assertNotEqual(each["additionalProperties"], True)

    def test_the_reference_has_the_same_keys(self):
        """Keys, and what they mean: the reader refuses what the reference does not have."""
        scenario_keys = dict(keys_of(self.of_scenarios.schema))
        profile_keys = dict(keys_of(self.of_profiles.schema))
        profile_keys.pop("description")  # of the file, no knob
        for knobs in ("cohorts[].knobs.", "profiles[].knobs."):
            self.assertEqual({path.removeprefix(knobs): text for path, text
                              in scenario_keys.items() if path.startswith(knobs)}, profile_keys)
        own_keys = {path: text for path, text in scenario_keys.items() if ".knobs." not in path}
        for keys, readme in ((own_keys, "scenarios/README.md"),
                             (profile_keys, "scenarios/profiles/README.md")):
            rows = rows_of(readme)
            self.assertGreater(len(keys), 50)
            self.assertEqual({path: text for path, text in rows.items() if path in keys}.keys(),
                             keys.keys())
            for path, text in keys.items():
                self.assertTrue(text.startswith(rows[path]), f"{path}: {text}")


if __name__ == "__main__":
    unittest.main()
