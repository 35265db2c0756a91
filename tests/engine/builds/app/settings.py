from pathlib import Path

HERE = Path(__file__).parent

SECRET_KEY = "of a test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
INSTALLED_APPS = ["django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = HERE / "assets"
# What npm builds is collected with the files of the applications.
STATICFILES_DIRS = [HERE / "site"]
