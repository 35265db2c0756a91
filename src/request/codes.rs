//! `rewrite`, `return`, `if`, `set` and `break`, as they are written. Source: nginx's
//! `src/http/modules/ngx_http_rewrite_module.c`.

use std::sync::Arc;

use crate::vocabulary::nginx::Context;

use super::answer::Undecided;
use super::build::{Builder, Built, refuse, variable_name};
use super::config::{BlockId, Code, Condition, Kind, Rewrite};
use super::load::Node;
use super::pattern::Pattern;
use super::settings::Around;
use super::template::Template;

/// What a block runs, in order; `block` is its own.
pub(crate) fn of(
    builder: &mut Builder,
    nodes: &[Node],
    block: BlockId,
    around: Around<'_>,
) -> Built<Vec<Code>> {
    let mut codes = Vec::new();
    for node in nodes {
        let span = node.span;
        match node.name.as_str() {
            "rewrite" => codes.push(Code::Rewrite(Arc::new(rewrite(builder, node)?))),
            "return" => codes.push(return_code(node)?),
            "break" => codes.push(Code::Break(span)),
            "set" => {
                if !node.arg(0).starts_with('$') {
                    return refuse("nginx refuses a variable without `$`", span);
                }
                let name = variable_name(node.arg(0));
                let value = template(node, 1)?;
                builder.config.settable.push(name.clone());
                codes.push(Code::Set { name, value, span });
            }
            "if" => {
                let condition = condition(builder, node)?;
                let inner_context = around.context.inside("if").unwrap_or(around.context);
                let inside = Around { context: inner_context, ..around };
                let in_location = inner_context == Context::LocationIf;
                let inner = if in_location {
                    let name = builder.config.block(block).name.clone();
                    Some(builder.block(node, Kind::If, name, inside)?)
                } else {
                    None
                };
                let codes_inside = of(builder, &node.children, block, inside)?;
                codes.push(Code::If { condition, codes: codes_inside, block: inner, span });
            }
            _ => {}
        }
    }
    Ok(codes)
}

fn template(node: &Node, at: usize) -> Built<Template> {
    Template::read(node.arg(at))
        .ok_or_else(|| Undecided::new("nginx refuses a variable without a name", Some(node.span)))
}

fn is_url(text: &str) -> bool {
    ["http://", "https://", "$scheme"].into_iter().any(|scheme| text.starts_with(scheme))
}

fn rewrite(builder: &mut Builder, node: &Node) -> Built<Rewrite> {
    let pattern = Pattern::new(node.arg(0), false);
    builder.settable(&pattern);
    let text = node.arg(1);
    if text.is_empty() {
        return refuse("nginx refuses an empty replacement", node.span);
    }
    let (text, add_args) = text.strip_suffix('?').map_or((text, true), |text| (text, false));
    let Some(replacement) = Template::read(text) else {
        return refuse("nginx refuses a variable without a name", node.span);
    };
    let mut redirect = is_url(text).then_some(302);
    let mut breaks = false;
    match node.args.get(2).map(String::as_str) {
        None | Some("last") => {}
        Some("break") => breaks = true,
        Some("redirect") => redirect = Some(302),
        Some("permanent") => redirect = Some(301),
        Some(_) => return refuse("nginx knows no such flag of `rewrite`", node.span),
    }
    let ends = redirect.is_some() || node.args.len() > 2;
    Ok(Rewrite { pattern, replacement, add_args, redirect, ends, breaks, span: node.span })
}

fn return_code(node: &Node) -> Built<Code> {
    let span = node.span;
    let first = node.arg(0);
    match first.parse::<u16>() {
        Ok(status) if status <= 999 => {
            let text = if node.args.len() > 1 { Some(template(node, 1)?) } else { None };
            Ok(Code::Return { status, text, span })
        }
        _ if node.args.len() == 1 && is_url(first) => {
            Ok(Code::Return { status: 302, text: Some(template(node, 0)?), span })
        }
        _ => refuse("nginx refuses this `return`", span),
    }
}

fn condition(builder: &mut Builder, node: &Node) -> Built<Condition> {
    let wrong = || Undecided::new("nginx refuses this condition", Some(node.span));
    let mut words: Vec<String> = node.args.clone();
    let first = words.first_mut().ok_or_else(wrong)?;
    *first = first.strip_prefix('(').ok_or_else(wrong)?.to_owned();
    let last = words.last_mut().ok_or_else(wrong)?;
    *last = last.strip_suffix(')').ok_or_else(wrong)?.to_owned();
    if words.first().is_some_and(String::is_empty) {
        words.remove(0);
    }
    if words.len() > 1 && words.last().is_some_and(String::is_empty) {
        words.pop();
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        [variable] if variable.len() > 1 && variable.starts_with('$') => {
            Ok(Condition::Variable(variable_name(variable)))
        }
        [variable, operator, value] if variable.len() > 1 && variable.starts_with('$') => {
            let variable = variable_name(variable);
            match operator {
                "=" | "!=" => {
                    let value = Template::read(value).ok_or_else(wrong)?;
                    Ok(Condition::Equal { variable, value, negated: operator == "!=" })
                }
                "~" | "~*" | "!~" | "!~*" => {
                    let pattern = Pattern::new(value, operator.ends_with('*'));
                    builder.settable(&pattern);
                    let negated = operator.starts_with('!');
                    Ok(Condition::Match { variable, pattern: Arc::new(pattern), negated })
                }
                _ => Err(wrong()),
            }
        }
        [operator, path] => {
            let (negated, what) = match operator {
                "-f" | "-d" | "-e" | "-x" => (false, &operator[1..]),
                "!-f" | "!-d" | "!-e" | "!-x" => (true, &operator[2..]),
                _ => return Err(wrong()),
            };
            let path = Template::read(path).ok_or_else(wrong)?;
            let what = what.chars().next().ok_or_else(wrong)?;
            Ok(Condition::File { what, path, negated })
        }
        _ => Err(wrong()),
    }
}
