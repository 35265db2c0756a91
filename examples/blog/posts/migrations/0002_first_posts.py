from django.db import migrations

POSTS = [
    (
        "Hello from the database",
        "This post was put here by a migration. If you can read it, the site has reached its database.",
    ),
    (
        "What this blog is made of",
        "A web server in front, Django behind it, and PostgreSQL behind that.",
    ),
]


def add(apps, schema_editor):
    post = apps.get_model("posts", "Post")
    for title, body in POSTS:
        post.objects.create(title=title, body=body)
    apps.get_model("posts", "Counter").objects.create(name="index", value=0)


def remove(apps, schema_editor):
    titles = [title for title, _ in POSTS]
    apps.get_model("posts", "Post").objects.filter(title__in=titles).delete()
    apps.get_model("posts", "Counter").objects.filter(name="index").delete()


class Migration(migrations.Migration):
    dependencies = [("posts", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
