//! `lint --changed` and `build --check FOLDER`: what hooks ask.

use super::{DEMO, Desk};

const COMPOSE: &str = "services:\n  app:\n    image: example/app:1.0\n  web:\n    image: nginx:1.30\n    volumes: \
                       [./nginx.conf:/etc/nginx/conf.d/default.conf:ro]\n";
const NGINX: &str = "server {\n  listen 80;\n  location / { proxy_pass http://gone:8000; }\n}\n";

/// A repository with two deployments.
fn repository() -> Desk {
    let desk = Desk::empty();
    for folder in [".git", "shop", "other"] {
        std::fs::create_dir(desk.path(folder)).unwrap();
    }
    desk.write("shop/docker-compose.yml", COMPOSE);
    desk.write("shop/nginx.conf", NGINX);
    desk.write("other/compose.yml", "services:\n  a:\n    image: nginx:latest\n");
    desk
}

fn changed(desk: &Desk, files: &[&str]) -> (i32, String) {
    let arguments = ["lint", "--format", "short", "--changed", "--"];
    let said = desk.run(&[&arguments, files].concat());
    (said.code, said.out + &said.err)
}

#[test]
fn the_deployments_of_a_file_that_changed_are_linted_and_no_others() {
    let desk = repository();
    let (_, alone) = (0, desk.run(&["lint", "--format", "short", "shop/nginx.conf"]).out);
    assert!(!alone.contains("[cross-proxy-host]"), "{alone}");
    let (code, said) = changed(&desk, &["shop/nginx.conf"]);
    assert_eq!(code, 1);
    assert!(said.contains("[cross-proxy-host]") && !said.contains("other/"), "{said}");
    let (_, said) = changed(&desk, &["other/compose.yml"]);
    assert!(said.contains("other/compose.yml") && !said.contains("shop/"), "{said}");
}

#[test]
fn a_file_belongs_to_its_deployment_however_its_path_is_written() {
    let desk = repository();
    let expected = changed(&desk, &["shop/nginx.conf"]);
    let absolute = desk.path("shop/nginx.conf");
    for path in ["./shop/nginx.conf", "other/../shop/nginx.conf", absolute.to_str().unwrap()] {
        assert_eq!(changed(&desk, &[path]), expected, "{path}");
    }
    let said = desk
        .shell("cd shop && \"$1\" lint --format short --changed -- \"$PWD/nginx.conf\" ../other/compose.yml");
    assert!(
        said.out.contains("\nnginx.conf:3:") && said.out.contains("../other/compose.yml:"),
        "{}",
        said.out
    );
}

#[test]
fn what_a_build_leaves_out_belongs_to_its_deployment() {
    let desk = repository();
    desk.write("shop/docker-compose.yml", "services:\n  app:\n    build: .\n");
    desk.write("shop/Dockerfile", "FROM debian:13\nCOPY app /app\n");
    desk.write("shop/app", "");
    desk.write("shop/.dockerignore", "app\n");
    let (code, said) = changed(&desk, &["shop/.dockerignore"]);
    assert!(code == 1 && said.contains("shop/Dockerfile:2:") && !said.contains("other/"), "{said}");
}

#[test]
fn what_is_no_source_of_a_deployment_is_passed_over() {
    let desk = repository();
    desk.write("supervisord.conf", "[program:a]\ncommand=a\n");
    desk.write("notes.txt", "hello\n");
    assert_eq!(changed(&desk, &["supervisord.conf", "notes.txt", "gone.conf"]), (0, String::new()));
    assert_eq!(desk.run(&["lint", "--changed"]).code, 3);
}

#[test]
fn names_of_any_shape_may_follow_two_dashes() {
    let desk = repository();
    let text = "stack a\nservice web {\n     image nginx:1.30\n}\n";
    for name in ["-a.stack", "a b.stack", "a\nb.stack"] {
        desk.write(name, text);
        assert_eq!(changed(&desk, &[name]).0, desk.run(&["lint", "--", &format!("./{name}")]).code, "{name}");
        desk.run(&["fmt", "--check", "--", name]).says_code(1);
        desk.run(&["fmt", "--", name]).says_code(0);
        desk.run(&["fmt", "--check", "--", name]).says_code(0);
        desk.run(&["build", "--check", "--", name]).says_code(1);
        std::fs::remove_file(desk.path(name)).unwrap();
    }
}

#[test]
fn every_stack_file_of_a_folder_is_compared_with_what_it_was_built_to() {
    let desk = repository();
    desk.write("shop/-a b.stack", DEMO);
    desk.write("b.stack", DEMO);
    assert_eq!(desk.run(&["build", "--", "shop/-a b.stack"]).code, 1, "the compose file there is somebody's");
    assert_eq!(desk.run(&["build", "-o", "out dir", "--", "shop/-a b.stack"]).code, 0);
    assert_eq!(desk.run(&["build", "b.stack"]).code, 0);
    let check = || desk.run(&["build", "--check", "."]);
    let said = check();
    assert_eq!((said.code, said.out.as_str()), (0, ""));
    assert!(said.err.ends_with("2 stack files: nothing would change\n"), "{}", said.err);

    desk.write("shop/-a b.stack", DEMO.replace("8080", "8081"));
    let said = check();
    let drift =
        "`out dir/docker-compose.yml` is out of date\nrun `stackc build 'shop/-a b.stack' -o 'out dir'`\n";
    assert_eq!((said.code, said.out.as_str()), (1, drift));
    desk.write("b.stack", "stack");
    assert_eq!(check().code, 2);
    desk.write(".gitignore", "b.stack\n");
    assert_eq!(check().code, 1);
    // What a damaged manifest says is not known; everything else is compared all the same.
    desk.write(".gitignore", "");
    desk.write("b.stack", DEMO.replace("8080", "8082"));
    desk.write("out dir/.stackc-manifest.json", "{");
    let said = check();
    assert!(said.code == 2 && said.err.contains("`out dir/.stackc-manifest.json` is damaged"), "{said:?}");
    assert!(
        said.out.contains("`docker-compose.yml` is out of date\nrun `stackc build b.stack`\n"),
        "{said:?}"
    );
}

#[test]
fn only_what_is_compared_may_be_several() {
    let desk = Desk::with("a.stack", DEMO);
    desk.write("b.stack", DEMO.replace("demo", "other"));
    desk.run(&["build", "a.stack", "b.stack"]).refuses(
        3,
        "error: 2 stack files cannot be built at once\n  help: build one after the other; several, or a folder, can be \
         compared with `--check` or `--diff`\n",
    );
    desk.run(&["build", "--check", "-o", "out", "a.stack", "b.stack"]).refuses(
        3,
        "error: `-o` is for one stack file\n  help: leave it out: the manifests tell where the files of each stack are\n",
    );
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.run(&["build", "--check", "empty"])
        .refuses(2, "error: `empty` holds no stack file\n  help: name a stack file, or a folder with one\n");
    assert!(desk.files().is_empty());
}
