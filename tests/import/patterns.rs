//! Short forms of locations: what is recognised, and what stays in nginx's own words because it says something else.

use stackc::import::{Imported, dockerfile_alone};

use super::project::imported;

/// A project whose nginx runs what is given, in the `server` of a file of conf.d, behind what is given of `http`.
fn project(http: &str, server: &str) -> Imported {
    let compose = "\
services:
  django: { image: 'python:3.14-slim', volumes: ['media:/app/media'] }
  nginx:
    image: nginx:1.30
    volumes: ['./default.conf:/etc/nginx/conf.d/default.conf', 'media:/srv/media', './public:/srv/public']
volumes: { media: {} }
";
    let conf = format!("{http}\nserver {{\nlisten 80;\n{server}\n}}\n");
    let made = imported(&[("docker-compose.yml", compose), ("default.conf", &conf)]);
    assert!(made.differing.is_empty(), "{server}: {:?}", made.differing);
    assert_eq!(made.raw, 0, "{server}: no pattern becomes raw\n{:?}", made.text);
    made
}

/// What a location becomes, one space apart.
#[track_caller]
fn check_in(http: &str, server: &str, expected: &str) {
    let text = project(http, server).text.unwrap();
    let words = |text: &str| {
        let words = text.split_whitespace().map(|word| word.trim_end_matches(';'));
        words.collect::<Vec<_>>().join(" ")
    };
    let (said, expected) = (words(&text), words(&format!("listen 80 {expected} }}")));
    assert!(said.contains(&expected), "{server}\n{said}");
}

#[track_caller]
fn check(server: &str, expected: &str) {
    check_in("", server, expected);
}

#[test]
fn requests_are_handed_to_services_of_the_file() {
    check("location / { proxy_pass http://django:8000; }", "proxy / to django port 8000");
    check("location /a { proxy_pass http://django; }", "proxy /a to django port 80");
    check("location /a/ { proxy_pass http://django:8000/; }", "proxy /a/ to django port 8000 as /");
    check(
        "location / { proxy_set_header Host $host; proxy_pass http://django:8000; }",
        "proxy / to django port 8000 { proxy_set_header Host $host }",
    );
    check(
        "location ~ ^/a { proxy_pass http://django:8000; }",
        "location ~ ^/a { proxy to django port 8000 }",
    );
    check(
        "location ~ \\.php$ { include fastcgi_params; fastcgi_pass django:9000; }",
        "location ~ \\.php$ { include fastcgi_params; fastcgi to django port 9000 }",
    );
    check("location @app { uwsgi_pass django:3031; }", "location @app { uwsgi to django port 3031 }");
}

#[test]
fn an_upstream_of_one_service_leads_to_it() {
    let one = "upstream app { server django:8000 fail_timeout=0; }";
    check_in(one, "location / { proxy_pass http://app; }", "proxy / to django port 8000");
    check_in(one, "location /a/ { proxy_pass http://app/b/; }", "proxy /a/ to django port 8000 as /b/");
    // Past it is another way.
    let past = "location / { proxy_pass http://django:8000; }";
    check_in(one, past, "location / { proxy_pass http://django:8000 }");
    for several in [
        "upstream app { server django:8000; server django:8001; }",
        "upstream app { server elsewhere:8000; }",
        "upstream app { server unix:/run/app.sock; }",
    ] {
        check_in(several, "location / { proxy_pass http://app; }", "location / { proxy_pass http://app }");
    }
    let named_alike = "upstream django { server a.example.org; server b.example.org; }";
    check_in(
        named_alike,
        "location / { proxy_pass http://django; }",
        "location / { proxy_pass http://django }",
    );
}

#[test]
fn what_is_no_service_stays_as_it_is() {
    for same in [
        "location / { proxy_pass https://django:8443 }",
        "location / { proxy_pass http://elsewhere:8000 }",
        "location / { proxy_pass http://django:80 }",
        "location / { proxy_pass http://$host }",
        "location ^~ /a { proxy_pass http://django:8000/ }",
        "location ~ \\.php$ { fastcgi_pass unix:/run/php.sock }",
        "location @app { fastcgi_pass elsewhere:9000 }",
    ] {
        check(&same.replace(" }", "; }"), same);
    }
}

#[test]
fn files_of_a_volume_are_served_from_where_it_is_mounted() {
    check(
        "location /media/ { alias /srv/media/; expires 30d; }",
        "static /media/ from media at /srv/media { expires 30d }",
    );
    check("location /a { alias /srv/media/a; }", "static /a from media at /srv/media/a");
    for same in [
        // A path above what it should be.
        "location /media { alias /srv/media/ }",
        "location /media/ { alias /srv/media }",
        // Of the other service, a folder of the host, and the image's own.
        "location /media/ { alias /app/media/ }",
        "location /public/ { alias /srv/public/ }",
        "location /html/ { alias /usr/share/nginx/html/ }",
        "location ^~ /media/ { alias /srv/media/ }",
        "location /media/ { root /srv }",
    ] {
        check(&same.replace(" }", "; }"), same);
    }
}

#[test]
fn locations_that_answer_say_what() {
    check(
        "location / { return 301 https://$host$request_uri; }",
        "redirect / to https://$host$request_uri permanent",
    );
    check("location = /a { return 302 /b; }", "redirect /a to /b");
    check("location = /a { access_log off; return 204; }", "respond /a 204 { access_log off }");
    check("location = /a { return 200 'it is'; }", "respond /a 200 \"it is\"");
    for same in [
        "location /a { return 204 }",
        "location = / { return 204 }",
        "location ~ /a { return 404 }",
        "location = /a { return 308 /b }",
        "location = /a { return /b }",
        "location = /a { return 301 $scheme://b; return 302 /b }",
        "location = /a { return 200 ok; add_header X-A b }",
    ] {
        check(&same.replace(" }", "; }"), same);
    }
}

#[test]
fn comments_of_what_a_short_form_says_stay_in_it() {
    let made = project(
        "",
        "# above\nlocation / { # beside\n# of the address\nproxy_pass http://django:8000; # to it\n\n# of the header\n\
         proxy_set_header Host $host;\n# last\n}\nlocation = /a { return 204; # nothing\n}",
    );
    let text = made.text.unwrap();
    for comment in ["above", "beside", "of the address", "to it", "of the header", "last", "nothing"] {
        assert_eq!(text.matches(&format!("# {comment}\n")).count(), 1, "{comment}\n{text}");
    }
}

#[test]
fn a_service_that_listens_elsewhere_is_left_to_nginx() {
    let compose = "services: { db: { image: 'postgres:18' }, web: { image: 'nginx:1.30', volumes: ['./a.conf:/etc/nginx/conf.d/a.conf'] } }";
    let conf = "server { location / { proxy_pass http://db:8000; } }";
    let made = imported(&[("docker-compose.yml", compose), ("a.conf", conf)]);
    let text = made.text.unwrap();
    assert!(text.contains("location / { proxy_pass http://db:8000 }"), "{text}");
    assert_eq!(made.raw, 0);
}

#[test]
fn nested_locations_are_made_once() {
    let depth = 40;
    let inner = format!("{}return 204;{}", "location /a/ { ".repeat(depth), " }".repeat(depth));
    let text = project("", &inner).text.unwrap();
    assert!(text.contains("respond /a/ 204"), "{text}");
}

#[test]
fn steps_that_mount_the_caches_of_a_preset_are_one() {
    let caches = "--mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked";
    let pip = "--mount=type=bind,source=app/requirements.txt,target=/tmp/requirements.txt --mount=type=cache,target=/root/.cache/pip";
    let install = "apt-get update && apt-get install -y --no-install-recommends";
    for (step, said) in [
        (format!("RUN {caches} {install} libpq5 curl"), "apt libpq5 curl"),
        (format!("RUN {pip} pip install -r /tmp/requirements.txt"), "pip app/requirements.txt"),
        (format!("RUN {install} libpq5"), "run \"apt-get"),
        (format!("RUN {caches} {install} -q libpq5"), "run \"apt-get"),
        (format!("RUN {caches} {install} $PACKAGES"), "run \"apt-get"),
        (format!("RUN {pip} pip install --upgrade -r /tmp/requirements.txt"), "run \"pip"),
    ] {
        let made = dockerfile_alone("Dockerfile", &format!("FROM python:3.14-slim\n{step}\n")).unwrap();
        let words = made.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(said), "{step}\n{}", made.text);
        assert!(made.differing.is_empty() && made.raw == 0, "{step}\n{}", made.text);
    }
}
