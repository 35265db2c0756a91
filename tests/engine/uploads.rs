//! Uploads that go to a store that speaks S3, as docs/uploads.md says: with the key in the environment and by path, and read
//! through the proxy.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::deployment::{Deployment, free_port};
use super::evidence::{Canary, Evidence, sha256};
use super::http::{Reply, Site};
use super::{Checks, NGINX, PYTHON, need_images};
use crate::snapshot::repository;

const REQUIREMENTS: &str = "asgiref==3.13.0\nboto3==1.44.5\nbotocore==1.44.5\nDjango==5.2.19\ndjango-storages==1.14.6\n\
    gunicorn==27.0.1\njmespath==1.1.0\npackaging==26.3\npython-dateutil==2.9.0.post0\ns3transfer==0.19.3\nsix==1.17.0\n\
    sqlparse==0.6.1\nurllib3==2.8.0\n";

/// The store, without those of its backends that the test does not use.
const STORE_REQUIREMENTS: &str = "moto[s3]==5.2.5\nboto3==1.44.5\nFlask==3.1.3\nflask-cors==6.0.5\n";

/// What the page does not say of the settings.
const SETTINGS: &str = "import os\nALLOWED_HOSTS = ['*']\nSECRET_KEY = 'of a test'\nROOT_URLCONF = 'shop.wsgi'\n\
    AWS_S3_URL_PROTOCOL = 'http:'\n";

/// Saves what is sent, and says under which key.
const PROGRAM: &str = r#"
import hashlib, os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
import boto3, django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import re_path

def upload(request):
    name = default_storage.save(request.GET["name"], ContentFile(request.body))
    key = boto3.Session().get_credentials()
    digest = hashlib.sha256(f"{key.access_key}:{key.secret_key}".encode()).hexdigest()
    return JsonResponse({"name": name, "url": default_storage.url(name), "key": digest,
                         "variables": [name for name in os.environ if name.startswith("AWS_")]})

urlpatterns = [re_path(".*upload$", upload), re_path("healthz$", lambda _: HttpResponse("ok"))]
application = get_wsgi_application()
"#;

/// The same as of the example: everything but /tmp is read-only.
const GUNICORN: &str = "worker_tmp_dir = '/tmp'\ncontrol_socket_disable = True\n";

/// The store with its bucket, and how the programs and the proxy find it.
const STORE: &str = "
service store {
  build {
    source  ./store
    base    python:3.14-slim
    workdir /srv
    pip     requirements.txt
  }
  command moto_server -H 0.0.0.0 -p 5000
  listen  5000
  health  http /moto-api/ { every 1s; retries 60 }
}
";

const AT_STORE: &str = "env {
    AWS_ENDPOINT_URL_S3     http://store:5000
    AWS_S3_ADDRESSING_STYLE path
";

/// The blocks of the page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let parts = page.split("\n```");
    parts
        .filter_map(|part| Some(part.strip_prefix(language)?.strip_prefix('\n')?.to_owned() + "\n"))
        .collect()
}

struct Shop {
    deployment: Deployment,
    site: Site,
    id: Canary,
    key: Canary,
    evidence: Evidence,
}

#[test]
fn uploads_arrive_in_a_bucket_with_a_key_that_stays_nowhere() {
    need_images(&[PYTHON, NGINX]);
    let mut checks = Checks::default();
    let mut started = None;
    checks.check("it starts", || started = Some(Shop::start()));
    let Some(shop) = started else { return checks.finish() };
    let mut urls = Vec::new();
    checks.check("with the key in the environment", || {
        urls.push(shop.upload("/upload", "AWS_SECRET_ACCESS_KEY"));
    });
    checks.check("with the key by path", || {
        urls.push(shop.upload("/worker/upload", "AWS_SHARED_CREDENTIALS_FILE"));
    });
    checks.check("what nobody may read is missing", || {
        assert_eq!(urls.len(), 2);
        assert_eq!(shop.get(&urls[0]).status, 404);
    });
    checks.check("what everybody may read is served", || shop.served(&urls));
    checks.check("more than the proxy takes is refused", || shop.too_large());
    checks.check("the key is nowhere", || shop.search());
    checks.finish();
}

impl Shop {
    fn start() -> Self {
        let (id, key) = (Canary::between("", ""), Canary::between("", "+/x"));
        let evidence = Evidence::against(&[&id, &key]);
        let shop = Self {
            deployment: Deployment::new("uploads"),
            site: Site { port: free_port() },
            id,
            key,
            evidence,
        };
        let page = fs::read_to_string(repository().join("docs/uploads.md")).unwrap();
        let deployment = &shop.deployment;
        deployment.write("shop.stack", shop.stack(&blocks(&page, "stack").concat()));
        deployment.write("requirements.txt", REQUIREMENTS);
        deployment.write("gunicorn.conf.py", GUNICORN);
        deployment.write("shop/settings.py", format!("{SETTINGS}{}", blocks(&page, "python").concat()));
        deployment.write("shop/wsgi.py", PROGRAM);
        deployment.write("store/requirements.txt", STORE_REQUIREMENTS);
        let credentials = blocks(&page, "ini").concat();
        let credentials = credentials.replacen("...", &shop.id.value, 1).replacen("...", &shop.key.value, 1);
        for (name, text) in
            [("s3_id", &shop.id.value), ("s3_key", &shop.key.value), ("s3_credentials", &credentials)]
        {
            let path = format!("secrets/{name}");
            deployment.write(&path, text);
            fs::set_permissions(deployment.path(&path), fs::Permissions::from_mode(0o444)).unwrap();
        }
        fs::set_permissions(deployment.path("secrets"), fs::Permissions::from_mode(0o700)).unwrap();
        shop.evidence.add_said("stackc build", deployment.stackc(&["build"]));
        shop.evidence.add_said("stackc lint", deployment.stackc(&["lint"]));
        shop.evidence.add("compose up --build", deployment.up());
        shop.in_store("create_bucket(Bucket='media-example')");
        shop
    }

    /// What the page says, with a store and addresses of this machine.
    fn stack(&self, page: &str) -> String {
        let mut stack = format!("{page}{STORE}");
        for (said, here) in [
            ("https://media-example.s3.eu-central-1.amazonaws.com/", "http://store:5000/media-example/"),
            ("env {\n", AT_STORE),
            ("command gunicorn", "needs   store healthy\n  command gunicorn"),
            ("MEDIA_DOMAIN            example.org", &format!("MEDIA_DOMAIN {}", self.site.host())),
            ("site example.org", "site localhost"),
            ("publish 80:80", &format!("publish 127.0.0.1:{}:80", self.site.port)),
            (
                "    proxy                /       to   django\n",
                "    proxy / to django\n    proxy /worker/ to worker\n",
            ),
        ] {
            assert!(stack.contains(said), "the page says `{said}`");
            stack = stack.replace(said, here);
        }
        stack
    }

    /// Has the store do something, as its owner.
    fn in_store(&self, call: &str) -> String {
        let script = format!(
            "import boto3, json; s3 = boto3.client('s3', endpoint_url='http://127.0.0.1:5000', region_name='us-east-1', \
             aws_access_key_id='owner', aws_secret_access_key='owner'); print(s3.{call})"
        );
        self.deployment.compose(&["exec", "-T", "store", "python", "-c", &script]).ok()
    }

    fn get(&self, path: &str) -> Reply {
        self.site.get(path)
    }

    /// Uploads a file; the path that its visitors are told.
    fn upload(&self, path: &str, variable: &str) -> String {
        let body = format!("picture sent to {path}");
        let reply = self.site.send("POST", &format!("{path}?name=a.png"), &[], body.as_bytes()).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
        let said: Value = serde_json::from_slice(&reply.body).unwrap();
        let key = format!("{}:{}", self.id.value, self.key.value);
        assert_eq!(said["key"], sha256(key.as_bytes()), "the key is the one of the secret");
        assert!(said["variables"].as_array().unwrap().contains(&variable.into()), "{said}");
        let stored = format!("media/{}", said["name"].as_str().unwrap());
        let arrived =
            self.in_store(&format!("get_object(Bucket='media-example', Key='{stored}')['Body'].read()"));
        assert_eq!(arrived.trim(), format!("b'{body}'"));
        if variable == "AWS_SECRET_ACCESS_KEY" {
            assert_eq!(
                said["url"],
                format!("http://{}/{stored}", self.site.host()),
                "visitors ask the proxy"
            );
        }
        format!("/{stored}")
    }

    fn served(&self, urls: &[String]) {
        let policy = r#"put_bucket_policy(Bucket='media-example', Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::media-example/media/*"}]}))"#;
        self.in_store(policy);
        for url in urls {
            let reply = self.get(url);
            assert!(reply.status == 200 && reply.text().starts_with("picture sent to "), "{url}: {reply:?}");
        }
    }

    fn too_large(&self) {
        let length = (26 * 1024 * 1024).to_string();
        let reply = self.site.send("POST", "/upload", &[("Content-Length", &length)], b"").unwrap();
        assert_eq!(reply.status, 413);
    }

    fn search(&self) {
        let deployment = &self.deployment;
        for (number, container) in deployment.containers().iter().enumerate() {
            self.evidence.add_said(
                &format!("inspect of container {number}"),
                deployment.docker(&["inspect", container]),
            );
        }
        self.evidence.add("compose config", deployment.config().to_string());
        // The store is not of the page, and the largest of them; that of the worker is the one of Django.
        let images: Vec<String> = ["django", "web"]
            .iter()
            .map(|service| format!("{}-{service}:latest", deployment.project))
            .collect();
        self.evidence.add_images(&images, &[PYTHON, NGINX]);
        self.evidence.add_logs(deployment);
        let made = ["docker", "docker-compose.yml", ".stackc-manifest.json", "shop.stack"]
            .map(|name| deployment.path(name));
        let also: Vec<_> = made.iter().map(std::path::PathBuf::as_path).collect();
        assert_eq!(self.evidence.holding(&also), [""; 0]);
    }
}
