//! Text as compose interpolates it. Source: compose-go, `template/template.go`.

use crate::model::values::{Part, Scope, Text, Var, VarOp};

/// The text with its variables; a literal `$` is doubled.
pub(super) fn text(text: &Text) -> String {
    text.parts
        .iter()
        .map(|part| match part {
            Part::Lit(text) => literal(text),
            Part::Var(var) => variable(var),
        })
        .collect()
}

/// A text that stands for itself.
pub(super) fn literal(text: &str) -> String {
    text.replace('$', "$$")
}

/// `${NAME}` with its operator. The operand is interpolated again, so that its `$` are doubled too.
pub(super) fn variable(var: &Var) -> String {
    assert!(var.scope == Scope::Compose, "lowering puts no variable of another language into compose's file");
    match &var.op {
        VarOp::None => format!("${{{}}}", var.name),
        VarOp::Default(default) => {
            assert!(
                crate::model::compose::is_writable_default(default),
                "lowering refuses a default that compose could not read back (model::compose::is_writable_default)"
            );
            format!("${{{}:-{}}}", var.name, literal(default))
        }
        VarOp::Required(message) => required(&var.name, message),
        VarOp::Other(operator) => format!("${{{}{operator}}}", var.name),
    }
}

/// `${NAME:?message}`; a message is prose, so that what would end it early is replaced.
pub(super) fn required(name: &str, message: &str) -> String {
    let message: String = message
        .chars()
        .map(|c| match c {
            '{' => '(',
            '}' => ')',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    format!("${{{name}:?{}}}", literal(&message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Origins;

    fn with(op: VarOp) -> String {
        let parts = vec![
            Part::Lit("a$b/".to_owned()),
            Part::Var(Var { scope: Scope::Compose, name: "TAG".to_owned(), op, bare: false }),
        ];
        text(&Text::from_parts(parts, Origins::default().by_default("test", None)))
    }

    #[test]
    fn a_dollar_is_doubled_and_a_variable_is_not() {
        assert_eq!(with(VarOp::None), "a$$b/${TAG}");
        assert_eq!(with(VarOp::Default("1 $x".to_owned())), "a$$b/${TAG:-1 $$x}");
        assert_eq!(with(VarOp::Required("say {it}\nfor $5".to_owned())), "a$$b/${TAG:?say (it) for $$5}");
    }
}
