from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F
from django.utils import timezone

PICTURE_LIMIT = 5 * 1024 * 1024

# No SVG: opened by itself it may run scripts with the rights of this site.
PICTURE_EXTENSIONS = ["gif", "jpeg", "jpg", "png", "webp"]


def check_size(file):
    if file.size > PICTURE_LIMIT:
        raise ValidationError("The picture is larger than 5 MiB.")


class Post(models.Model):
    title = models.CharField(max_length=120)
    body = models.TextField()
    created = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created", "-id"]

    def __str__(self):
        return self.title


class Picture(models.Model):
    caption = models.CharField(max_length=120)
    file = models.FileField(
        upload_to="pictures/",
        validators=[FileExtensionValidator(PICTURE_EXTENSIONS), check_size],
    )
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created", "-id"]

    def __str__(self):
        return self.caption


class Counter(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self):
        return f"{self.name}: {self.value}"

    @classmethod
    def increment(cls, name):
        counter, _ = cls.objects.get_or_create(name=name)
        # The sum is done in the database, so that no visit is lost between workers.
        cls.objects.filter(name=name).update(value=F("value") + 1)
        counter.refresh_from_db()
        return counter.value
