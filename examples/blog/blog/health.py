import logging

from django.db import Error, connection
from django.http import HttpResponse

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers /healthz: 200 if the database answers, 503 if not."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path != "/healthz":
            return self.get_response(request)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error as error:
            logger.error("health check: %s", error)
            return answer("database unavailable\n", 503)
        return answer("ok\n", 200)


def answer(text, status):
    return HttpResponse(
        text,
        status=status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
    )
