import sys

from django.http import HttpResponse, JsonResponse
from django.urls import path
from markupsafe import _speedups


def answer(request):
    return JsonResponse({"prefix": sys.prefix, "built": _speedups.__file__})


urlpatterns = [path("healthz", lambda request: HttpResponse("ok")), path("api/answer", answer)]
