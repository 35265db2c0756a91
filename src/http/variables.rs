//! Where nginx expands variables: which arguments of which directives.

use crate::model::nginx::{Body, Directive};
use crate::model::values::{Part, Text};

/// Which arguments of a directive are expanded.
#[derive(Clone, Copy)]
enum Expanded {
    /// Every one.
    All,
    /// That one and those after it, counted from 0.
    From(usize),
    /// The first, unless it begins with `~` and is thus a regular expression, and the others.
    UnlessRegex,
}

use Expanded::{All, From, UnlessRegex};

/// The directives that expand something. Source: those of nginx 1.31 that compile a script or a complex value
/// (`ngx_http_script_compile`, `ngx_http_compile_complex_value`, `ngx_http_set_complex_value_slot`,
/// `ngx_http_set_predicate_slot`, `ngx_http_upstream_bind_set_slot`, `ngx_http_log_compile_format`).
/// The directives of `FastCGI`, uWSGI, SCGI and `gRPC` are looked up under the name of proxy's: see [`canonical`].
const EXPANDING: &[(&str, Expanded)] = &[
    ("access_log", All),
    ("add_header", From(1)),
    ("add_trailer", From(1)),
    ("alias", All),
    ("auth_basic", All),
    ("auth_basic_user_file", All),
    ("auth_request_set", From(1)),
    ("early_hints", All),
    ("error_page", All),
    ("expires", All),
    ("hash", All),
    ("http2_push", All),
    ("if", All),
    ("image_filter", All),
    ("image_filter_buffer", All),
    ("image_filter_jpeg_quality", All),
    ("image_filter_sharpen", All),
    ("image_filter_webp_quality", All),
    ("index", All),
    ("limit_conn_zone", All),
    ("limit_rate", All),
    ("limit_rate_after", All),
    ("limit_req_zone", All),
    ("log_format", From(1)),
    ("map", All),
    ("memcached_bind", All),
    ("proxy_bind", All),
    ("proxy_cache", All),
    ("proxy_cache_bypass", All),
    ("proxy_cache_key", All),
    ("proxy_cookie_domain", UnlessRegex),
    ("proxy_cookie_flags", UnlessRegex),
    ("proxy_cookie_path", UnlessRegex),
    ("proxy_limit_rate", All),
    ("proxy_method", All),
    ("proxy_no_cache", All),
    ("proxy_param", From(1)),
    ("proxy_pass", All),
    ("proxy_redirect", UnlessRegex),
    ("proxy_set_body", All),
    ("proxy_set_header", From(1)),
    ("proxy_ssl_certificate", All),
    ("proxy_ssl_certificate_key", All),
    ("proxy_ssl_name", All),
    ("proxy_store", All),
    ("return", All),
    ("rewrite", From(1)),
    ("root", All),
    ("secure_link", All),
    ("secure_link_md5", All),
    ("set", From(1)),
    ("split_clients", All),
    ("ssl_certificate", All),
    ("ssl_certificate_key", All),
    ("sub_filter", All),
    ("try_files", All),
    ("xslt_param", From(1)),
    ("xslt_string_param", From(1)),
    ("xslt_stylesheet", From(1)),
];

/// Whether nginx expands variables in an argument (counted from 0) of a directive. A regular expression never is
/// (`location ~`, `server_name ~`, the first argument of `rewrite`); an `if` with one and a `proxy_redirect ~` are
/// told apart only by [`argument_expands`], which sees the arguments.
pub fn takes_variables(directive: &str, argument_index: usize) -> bool {
    let directive = canonical(directive);
    match EXPANDING.iter().find(|(name, _)| *name == directive) {
        None => false,
        Some((_, All | UnlessRegex)) => true,
        Some((_, From(first))) => argument_index >= *first,
    }
}

/// [`takes_variables`] for an argument of a directive at hand.
pub fn argument_expands(directive: &Directive, argument_index: usize) -> bool {
    let args = &directive.args;
    let regex = match canonical(&directive.name).as_str() {
        "if" => argument_index > 0 && is_match_operator(&args[argument_index - 1]),
        "proxy_cookie_domain" | "proxy_cookie_flags" | "proxy_cookie_path" | "proxy_redirect" => {
            argument_index == 0 && begins_with(&args[0], "~")
        }
        _ => false,
    };
    !regex && takes_variables(&directive.name, argument_index)
}

/// Whether nginx expands variables in the values of a directive's table; its keys never are. Those of `geo`,
/// `types` and `split_clients` are plain.
pub fn table_expands(directive: &Directive) -> bool {
    matches!(directive.body, Body::Table(_)) && directive.name == "map"
}

/// The name under which the table knows a directive that several modules have.
fn canonical(directive: &str) -> String {
    match directive.split_once('_') {
        Some(("fastcgi" | "uwsgi" | "scgi" | "grpc", rest)) => format!("proxy_{rest}"),
        _ => directive.to_owned(),
    }
}

fn is_match_operator(text: &Text) -> bool {
    matches!(text.as_literal(), Some("~" | "~*" | "!~" | "!~*"))
}

fn begins_with(text: &Text, prefix: &str) -> bool {
    matches!(text.parts.first(), Some(Part::Lit(literal)) if literal.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{EXPANDING, takes_variables};

    #[test]
    fn the_table_is_sorted() {
        assert!(EXPANDING.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn values_are_expanded_and_names_sizes_and_regular_expressions_are_not() {
        for (directive, index) in [
            ("return", 0),
            ("return", 1),
            ("rewrite", 1),
            ("add_header", 1),
            ("fastcgi_param", 1),
            ("uwsgi_pass", 0),
            ("try_files", 2),
        ] {
            assert!(takes_variables(directive, index), "{directive} {index}");
        }
        for (directive, index) in [
            ("rewrite", 0),
            ("add_header", 0),
            ("set", 0),
            ("location", 1),
            ("server_name", 0),
            ("listen", 0),
            ("client_max_body_size", 0),
            ("include", 0),
            ("geo", 0),
        ] {
            assert!(!takes_variables(directive, index), "{directive} {index}");
        }
    }
}
