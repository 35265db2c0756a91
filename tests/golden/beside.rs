//! What is said in nginx's own words stands beside what a sentence needs, and does not take its place.

use stackc::backend::Layout;
use stackc::compile::compile;
use stackc::facts::Facts;

const STACK: &str = "\
stack demo
service app {
  image   python:3.14-slim
  command python -m http.server
  listen  8000
}
proxy web {
  image   nginx:1.26
  publish 8080:80
  include /etc/nginx/more/*.conf
  site example.org { proxy / to app { set $area inside } }
}
";

#[test]
fn variables_and_includes_are_added() {
    let compilation = compile("a.stack", STACK, &mut |_| Facts::default());
    let layout = Layout { stack_dir: "/p".into(), out_dir: "/p".into(), stack_file: "a.stack".to_owned() };
    let artifacts = compilation.emit(&layout).unwrap();
    let conf = &artifacts.iter().find(|made| made.path == "docker/web/nginx.conf").unwrap().text;
    for line in [
        "include /etc/nginx/mime.types;",
        "include /etc/nginx/more/*.conf;",
        "set $upstream_app app:8000;",
        "set $area inside;",
    ] {
        assert!(conf.contains(line), "{line} is missing in\n{conf}");
    }
}
