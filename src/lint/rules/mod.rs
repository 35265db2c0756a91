//! The registry: every rule, in the order in which they run.

pub(super) mod allow_malformed;
pub(super) mod allow_unused;
mod compose_anonymous_data;
mod compose_capabilities_kept;
mod compose_capability_added;
mod compose_container_name_form;
mod compose_container_name_replicas;
mod compose_container_name_twice;
mod compose_cycle;
mod compose_database_not_ready;
mod compose_database_volume;
mod compose_docker_socket;
mod compose_env_file_missing;
mod compose_flat_network;
mod compose_floating_image;
mod compose_healthy_unchecked;
mod compose_host_namespace;
mod compose_links;
mod compose_new_privileges;
mod compose_no_health;
mod compose_no_limits;
mod compose_no_restart;
mod compose_obsolete_version;
mod compose_privileged;
mod compose_root_writable;
mod compose_undefined;
mod compose_volumes_from;
mod compose_yaml_trap;
mod cross_bind_hides;
mod cross_body_size;
mod cross_certificate_missing;
mod cross_config_missing;
mod cross_health_program;
mod cross_no_shared_network;
mod cross_proxy_host;
mod cross_proxy_port;
mod cross_static_missing;
mod cross_timeout;
mod cross_upstream_loopback;
mod cross_volume_stale;
mod docker_add_for_copy;
mod docker_apt_lists;
mod docker_apt_no_yes;
mod docker_apt_recommends;
mod docker_apt_unpinned;
mod docker_apt_update_alone;
mod docker_argument_default;
mod docker_argument_undeclared;
mod docker_bad_substitution;
mod docker_bower;
mod docker_casing;
mod docker_cmd_repeated;
mod docker_copy_ignored;
mod docker_copy_missing;
mod docker_dev_server;
mod docker_empty_continuation;
mod docker_end_of_life;
mod docker_expose_form;
mod docker_expose_ssh;
mod docker_from_platform;
mod docker_git_clone_moving;
mod docker_git_in_image;
mod docker_legacy_env;
mod docker_maintainer;
mod docker_no_expose;
mod docker_no_from;
mod docker_no_healthcheck;
mod docker_no_ignore_file;
mod docker_npm_install;
mod docker_pip_cache;
mod docker_root_user;
mod docker_run_cd;
mod docker_shell_form;
mod docker_single_stage;
mod docker_ssh_keyscan;
mod docker_stage_name;
mod docker_stage_unused;
mod docker_sudo;
mod docker_undefined_variable;
mod docker_unpinned_base;
mod docker_workdir_relative;
mod image_unknown;
mod mime_added;
mod mime_added_header;
mod mime_default_type;
mod mime_gzip_types;
mod mime_include_in_types;
mod mime_missing;
mod mime_no_charset;
mod mime_no_files;
mod mime_no_table;
mod mime_nosniff;
mod mime_table_replaced;
mod nginx_alias_open;
mod nginx_alias_slash;
mod nginx_alias_traversal;
mod nginx_autoindex;
mod nginx_body_size;
mod nginx_duplicate_directive;
mod nginx_error_log_off;
mod nginx_forwarded_host;
mod nginx_forwarded_missing;
mod nginx_header_loss;
mod nginx_header_multiline;
mod nginx_host_spoofed;
mod nginx_if_location;
mod nginx_no_hsts;
mod nginx_open_access;
mod nginx_origin_pattern;
mod nginx_proxy_uri;
mod nginx_referers_none;
mod nginx_regex_shadow;
mod nginx_removed_directive;
mod nginx_resolver_missing;
mod nginx_resolver_public;
mod nginx_root_slash;
mod nginx_server_tokens;
mod nginx_spa_fallback;
mod nginx_splitting;
mod nginx_ssrf;
mod nginx_static_plain;
mod nginx_too_new;
mod nginx_unknown_directive;
mod nginx_unreachable_location;
mod nginx_upstream_fixed;
mod nginx_weak_tls;
mod nginx_worker_connections;
mod nginx_wrong_arguments;
mod nginx_wrong_context;
mod port_clash;
mod port_database_open;
mod port_host_network;
mod port_nginx_listen;
mod port_privileged;
mod port_replicas;
mod port_unheard;
mod reference_undeclared;
mod secret_copied;
mod secret_copied_again;
mod secret_default_credentials;
mod secret_default_value;
mod secret_deleted_late;
mod secret_file_closed;
mod secret_file_missing;
mod secret_file_open;
mod secret_in_build_argument;
mod secret_in_env_file;
mod secret_key_copied;
mod secret_key_mounted;
pub(super) mod secret_literal;
mod secret_logged;
mod secret_mounted;
mod secret_no_password;
mod secret_not_granted;
mod secret_password_differs;
mod secret_shape;
mod secret_unused;
pub(super) mod secret_url;
mod unused_name;

use super::{Check, Rule};
use crate::diagnostic::Severity::{Error, Info, Warning};

macro_rules! check {
    ($module:ident Stack) => {
        Check::Stack($module::check)
    };
    ($module:ident Nginx) => {
        Check::Nginx($module::check)
    };
    ($module:ident Project) => {
        Check::Project($module::project)
    };
}

macro_rules! help {
    ($module:ident) => {
        None
    };
    ($module:ident $help:ident) => {
        Some($module::$help)
    };
}

macro_rules! rules {
    ($($module:ident $severity:ident $($subject:ident)+ $(: $help:ident)?;)*) => {
        /// Every rule. One on stack files and configurations of nginx has a function `check`, one on hand-written
        /// projects a function `project`; a rule may have both. Where the help of one on projects speaks of what a stack
        /// file says in other words, its `IN_STACK` says it in those.
        pub static ALL: &[Rule] = &[$(
            Rule {
                code: $module::CODE,
                severity: $severity,
                source: include_str!(concat!(stringify!($module), ".rs")),
                help_in_stack: help!($module $($help)?),
                checks: &[$(check!($module $subject)),+],
            },
        )*];
    };
}

rules! {
    allow_malformed Warning Nginx Project;
    allow_unused Warning Stack Project;
    compose_anonymous_data Warning Project;
    compose_capabilities_kept Info Project;
    compose_capability_added Info Project;
    compose_container_name_form Error Project;
    compose_container_name_replicas Error Project;
    compose_container_name_twice Error Project;
    compose_cycle Error Project;
    compose_database_not_ready Info Project;
    compose_database_volume Warning Project;
    compose_docker_socket Warning Project;
    compose_env_file_missing Info Project;
    compose_flat_network Info Project;
    compose_floating_image Warning Project;
    compose_healthy_unchecked Error Project;
    compose_host_namespace Warning Project;
    compose_links Info Project;
    compose_new_privileges Info Project;
    compose_no_health Info Project;
    compose_no_limits Info Project;
    compose_no_restart Info Project;
    compose_obsolete_version Info Project;
    compose_privileged Warning Project;
    compose_root_writable Info Project;
    compose_undefined Error Project;
    compose_volumes_from Info Project;
    compose_yaml_trap Warning Project;
    cross_bind_hides Warning Project;
    cross_body_size Info Project;
    cross_certificate_missing Error Project;
    cross_config_missing Warning Project;
    cross_health_program Warning Project;
    cross_no_shared_network Error Project;
    cross_proxy_host Error Project;
    cross_proxy_port Warning Project;
    cross_static_missing Warning Project;
    cross_timeout Info Project;
    cross_upstream_loopback Error Project;
    docker_add_for_copy Info Project;
    docker_apt_lists Info Project;
    docker_apt_no_yes Info Project;
    docker_apt_recommends Info Project;
    docker_apt_unpinned Info Project;
    docker_apt_update_alone Warning Project;
    docker_argument_default Warning Project;
    docker_argument_undeclared Warning Project;
    docker_bad_substitution Error Project;
    docker_bower Warning Project;
    docker_casing Info Project;
    docker_cmd_repeated Warning Project;
    docker_copy_ignored Error Project;
    docker_copy_missing Error Project;
    docker_dev_server Warning Project;
    docker_empty_continuation Warning Project;
    docker_end_of_life Warning Project;
    docker_expose_form Info Project;
    docker_expose_ssh Info Project;
    docker_from_platform Info Project;
    docker_git_clone_moving Warning Project;
    docker_git_in_image Warning Project;
    docker_legacy_env Info Project;
    docker_maintainer Info Project;
    docker_no_expose Info Project;
    docker_no_from Error Project;
    docker_no_healthcheck Info Project;
    docker_no_ignore_file Warning Project;
    docker_npm_install Info Project;
    docker_pip_cache Info Project;
    docker_root_user Info Project;
    docker_run_cd Warning Project;
    docker_shell_form Info Project;
    docker_single_stage Info Project;
    docker_ssh_keyscan Warning Project;
    docker_stage_name Error Project;
    docker_stage_unused Info Project;
    docker_sudo Info Project;
    docker_undefined_variable Warning Project;
    docker_unpinned_base Warning Project;
    docker_workdir_relative Info Project;
    cross_volume_stale Warning Project;
    image_unknown Info Stack;
    mime_added Info Stack;
    mime_added_header Warning Nginx;
    mime_default_type Warning Nginx;
    mime_gzip_types Info Stack Project;
    mime_include_in_types Error Nginx;
    mime_missing Warning Stack Project;
    mime_no_charset Info Nginx;
    mime_no_files Info Stack;
    mime_no_table Warning Nginx;
    mime_nosniff Warning Nginx;
    mime_table_replaced Warning Nginx;
    nginx_alias_open Info Nginx;
    nginx_alias_slash Warning Nginx;
    nginx_alias_traversal Warning Nginx;
    nginx_autoindex Info Nginx;
    nginx_body_size Info Nginx;
    nginx_duplicate_directive Error Nginx;
    nginx_error_log_off Warning Nginx;
    nginx_forwarded_host Warning Nginx;
    nginx_forwarded_missing Info Nginx;
    nginx_header_loss Warning Nginx;
    nginx_header_multiline Warning Nginx;
    nginx_host_spoofed Info Nginx;
    nginx_if_location Info Nginx;
    nginx_no_hsts Info Nginx;
    nginx_open_access Warning Nginx;
    nginx_proxy_uri Warning Nginx;
    nginx_regex_shadow Warning Nginx;
    nginx_resolver_public Info Nginx;
    nginx_referers_none Info Nginx;
    nginx_origin_pattern Warning Nginx;
    nginx_removed_directive Warning Nginx;
    nginx_resolver_missing Warning Nginx;
    nginx_root_slash Warning Nginx;
    nginx_server_tokens Info Nginx;
    nginx_spa_fallback Info Nginx;
    nginx_splitting Warning Nginx;
    nginx_ssrf Warning Nginx;
    nginx_static_plain Info Nginx;
    nginx_too_new Error Nginx;
    nginx_unknown_directive Error Nginx;
    nginx_unreachable_location Warning Nginx;
    nginx_upstream_fixed Info Nginx;
    nginx_weak_tls Warning Nginx;
    nginx_worker_connections Warning Nginx;
    nginx_wrong_arguments Error Nginx;
    nginx_wrong_context Error Nginx;
    port_clash Error Stack Project;
    port_database_open Warning Project;
    port_host_network Warning Project;
    port_nginx_listen Warning Project;
    port_privileged Warning Project;
    port_replicas Error Project;
    port_unheard Warning Project;
    reference_undeclared Warning Stack;
    secret_copied Warning Stack;
    secret_copied_again Warning Project;
    secret_default_credentials Warning Project;
    secret_default_value Warning Project;
    secret_deleted_late Warning Project;
    secret_file_closed Error Project;
    secret_file_missing Info Stack;
    secret_file_open Info Project;
    secret_in_build_argument Warning Project;
    secret_in_env_file Warning Project;
    secret_key_copied Warning Project;
    secret_key_mounted Warning Project;
    secret_literal Warning Stack Project;
    secret_logged Warning Stack;
    secret_mounted Warning Stack;
    secret_no_password Error Project;
    secret_not_granted Warning Project;
    secret_password_differs Error Project;
    secret_shape Warning Nginx Project;
    secret_unused Warning Stack Project;
    secret_url Warning Stack Project;
    unused_name Warning Stack;
}
