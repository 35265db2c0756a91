//! Directives of widespread modules that are not nginx's own. Source: the documentation of each module.

/// Names of directives, or what they begin with (`...`) or end with.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    // ngx_http_lua_module and OpenResty's others
    "lua_...", "...by_lua", "...by_lua_block", "...by_lua_file", "init_by_lua...", "access_by_lua...",
    "more_set_headers", "more_clear_headers", "more_set_input_headers", "more_clear_input_headers", "echo...",
    "set_escape_uri", "set_unescape_uri", "set_misc...", "set_md5", "set_sha1", "set_random", "set_if_empty",
    "set_quote...", "set_form_input", "set_hmac...", "set_encode...", "set_decode...", "set_base32...",
    "encrypted_session...", "array_...", "rds_...", "drizzle_...", "postgres_...", "redis...", "srcache...",
    "memc_...", "xss_...", "iconv...",
    // compression
    "brotli...", "zstd...", "unbrotli...", "pagespeed",
    // statistics and tracing
    "vhost_traffic_status...", "stream_server_traffic_status...", "server_traffic_status...", "opentracing...",
    "otel_...", "opentelemetry...", "zipkin...", "jaeger_...", "datadog_...", "prometheus...",
    // njs, which nginx ships apart
    "js_...",
    // access and protection
    "modsecurity...", "SecRulesEnabled", "SecRulesDisabled", "LearningMode", "MainRule", "BasicRule", "CheckRule",
    "DeniedUrl", "auth_ldap...", "ldap_server", "auth_pam...", "auth_gss...", "auth_spnego", "auth_jwt...",
    "auth_digest...", "auth_oidc...", "testcookie...", "app_protect...", "geoip2...", "geoip_...", "naxsi...",
    "captcha...", "waf...", "limit_upstream...", "limit_traffic...", "dynamic_limit_req...", "security_headers...",
    "crowdsec...", "cookie_flag...", "set_cookie_flag",
    // upstreams
    "fair", "upstream_fair...", "check", "check_...", "sticky...", "jvm_route", "upsync...", "upstream_show",
    "dynamic_upstream", "consistent_hash", "queue", "health_check...", "match", "ntlm", "state", "session_log...",
    // applications and media
    "passenger...", "rails_env", "unit_...", "rtmp...", "vod...", "secure_token...", "hls...", "upload_...",
    "push_stream...", "nchan...", "video_...", "small_light...", "f4f...",
    // content
    "fancyindex...", "dav_ext_...", "subs_filter...", "replace_filter...", "concat...", "trim...", "footer...",
    "ajp_...", "proxy_cache_purge", "fastcgi_cache_purge", "scgi_cache_purge", "uwsgi_cache_purge", "cache_purge...",
    "slowfs...", "untar...", "unzip...", "xslt_...", "headers_more...", "webp...", "ct_...", "ssl_ct...",
    "proxy_connect...", "perl...", "acme_...", "keyval...", "status_zone", "internal_redirect", "google_perftools_profiles",
];

/// Whether a module that is not nginx's own is known to bring a directive of this name.
pub(in crate::lint) fn is_third_party(name: &str) -> bool {
    NAMES.iter().any(|known| match (known.strip_suffix("..."), known.strip_prefix("...")) {
        (Some(start), _) => name.starts_with(start),
        (None, Some(end)) => name.ends_with(end),
        (None, None) => name == *known,
    })
}
