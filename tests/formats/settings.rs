//! The JSON schema of `stackc.toml` is the one that is published, and says what the reader says.

use std::process::Command;

use stackc::diagnostic::Sink;
use stackc::settings::{self, schema};
use stackc::source::SourceMap;

use crate::snapshot::{assert_file, repository};

const SCHEMA: &str = "docs/stackc.schema.json";

/// Files that say what they may.
const GOOD: [&str; 5] = [
    "",
    "fail-on = \"never\"\nbaseline = \"a/b.json\"\n",
    "[rules]\ndocker = \"off\"\nmime-missing = \"error\"\n",
    "[[exclude]]\npaths = [\"a/**\", \"b\"]\nservices = [\"db\"]\nrules = [\"docker\", \"mime-missing\"]\nreason = \"x\"\n",
    "[[exclude]]\nservices = [\"db\"]\nreason = \"x\"\n[[exclude]]\npaths = [\"a\"]\nreason = \"y\"\n",
];

/// Files that do not, each for one reason.
const BAD: [&str; 16] = [
    "fail_on = \"never\"\n",
    "fail-on = \"often\"\n",
    "fail-on = 1\n",
    "baseline = \" \"\n",
    "baseline = true\n",
    "rules = \"off\"\n",
    "[rules]\ndocker = \"loud\"\n",
    "[rules]\ndocker-nothing = \"off\"\n",
    "exclude = \"a\"\n",
    "[[exclude]]\npaths = [\"a\"]\n",
    "[[exclude]]\nreason = \"x\"\n",
    "[[exclude]]\npaths = \"a\"\nreason = \"x\"\n",
    "[[exclude]]\npaths = []\nreason = \"x\"\n",
    "[[exclude]]\npaths = [\"a\"]\nrules = [\"docker-nothing\"]\nreason = \"x\"\n",
    "[[exclude]]\npaths = [\"a\"]\nreason = \"\"\n",
    "[[exclude]]\npaths = [\"a\"]\npath = [\"a\"]\nreason = \"x\"\n",
];

/// Whether the reader takes a file.
fn is_taken(text: &str) -> bool {
    let mut sink = Sink::default();
    settings::read(SourceMap::default().add("stackc.toml", text), text, &mut sink);
    !sink.has_errors()
}

#[test]
fn the_schema_is_the_one_that_is_published() {
    assert_file(&repository().join(SCHEMA), &schema::document());
}

#[test]
fn the_reader_takes_good_files_and_no_others() {
    for text in GOOD {
        assert!(is_taken(text), "{text}");
    }
    for text in BAD {
        assert!(!is_taken(text), "{text}");
    }
}

/// Whether the schema takes each of the files, by Python's own reader of TOML and `jsonschema`.
pub(crate) fn the_schema_agrees_with_the_reader() {
    const PROGRAM: &str = "import json, sys, tomllib\nfrom jsonschema import Draft7Validator\nschema = json.load(open(sys.argv[1]))\n\
                           Draft7Validator.check_schema(schema)\nfor text in json.loads(sys.stdin.read()):\n    \
                           print(Draft7Validator(schema).is_valid(tomllib.loads(text)))\n";
    let texts: Vec<&str> = GOOD.iter().chain(&BAD).copied().collect();
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("texts.json");
    std::fs::write(&given, serde_json::to_string(&texts).unwrap()).unwrap();
    let output = Command::new("python3")
        .args(["-c", PROGRAM])
        .arg(repository().join(SCHEMA))
        .stdin(std::fs::File::open(&given).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let taken: Vec<bool> = said.lines().map(|line| line == "True").collect();
    for (text, taken) in texts.iter().zip(&taken) {
        assert_eq!(*taken, is_taken(text), "{text}");
    }
    assert_eq!(taken.len(), texts.len());
}
