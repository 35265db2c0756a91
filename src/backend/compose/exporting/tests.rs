//! The script as it is printed.

use super::*;
use crate::model::values::{Scope, Var, VarOp};
use crate::source::{At, Origin, Origins};

fn origin() -> Origin {
    Origins::default().by_default("test", None)
}

fn exported(name: &str, parts: Vec<ExecPart>) -> Env {
    Env { name: At::new(EnvName::parse(name).unwrap(), origin()), value: EnvValue::Exported(parts) }
}

fn lit(text: &str) -> ExecPart {
    ExecPart::Text(Text::literal(text, origin()))
}

fn secret(name: &str, encoded: bool) -> ExecPart {
    ExecPart::Secret { name: SecretName::parse(name).unwrap(), encoded }
}

#[test]
fn the_script_checks_first_and_then_exports() {
    let host = Var { scope: Scope::Compose, name: "HOST".to_owned(), op: VarOp::None, bare: false };
    let environment = [
        exported("KEY", vec![secret("key", false)]),
        exported("TEXT", vec![lit("it's $5")]),
        exported("EMPTY", Vec::new()),
        exported(
            "URL",
            vec![
                lit("postgres://"),
                lit("blog:"),
                secret("db", true),
                lit("@"),
                ExecPart::Text(Text::variable(host, origin())),
                secret("key", false),
            ],
        ),
    ];
    let exporting = exporting(&environment);
    assert_eq!(
        exporting.script,
        r#"# Secrets are read from their files at every start; they are not in this file or in `docker inspect`.
for secret in key db; do
  if [ -z "$$(cat "/run/secrets/$$secret" 2>/dev/null)" ]; then
    echo "The secret $$secret cannot be used: /run/secrets/$$secret is missing, empty or not readable." >&2
    exit 1
  fi
done
url_encoded() { od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'; }
if [ "$$(printf A | url_encoded)" != %41 ]; then
  echo 'A secret cannot be put into a URL: the image lacks od, tr or sed.' >&2
  exit 1
fi
export KEY="$$(cat /run/secrets/key)"
export TEXT='it'\''s $$5'
export EMPTY=''
export URL='postgres://blog:'"$$(printf %s "$$(cat /run/secrets/db)" | url_encoded)"'@'"$$STACKC_TEXT_1""$$(cat /run/secrets/key)"
unset STACKC_TEXT_1
exec "$$@"
"#
    );
    let helpers: Vec<&str> = exporting.helpers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(helpers, ["STACKC_TEXT_1"]);
}

#[test]
fn only_names_that_a_shell_takes_are_exported() {
    let name = |text| EnvName::parse(text).unwrap();
    assert!(name("_A1").is_identifier());
    assert!(!name("1A").is_identifier());
    assert!(!name("discovery.type").is_identifier());
}
