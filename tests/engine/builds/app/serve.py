import os
from wsgiref.simple_server import make_server

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
make_server("0.0.0.0", 8000, get_wsgi_application()).serve_forever()
