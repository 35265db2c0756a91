import tempfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings

from .models import Counter, Picture, Post


class PagesTest(TestCase):
    def test_index_shows_the_first_posts_and_counts_visits(self):
        self.client.get("/")
        page = self.client.get("/")
        self.assertContains(page, "Hello from the database")
        self.assertContains(page, 'data-visits="2"')
        self.assertEqual(Counter.objects.get(name="index").value, 2)

    def test_a_written_post_is_shown_escaped(self):
        self.client.post("/posts/new/", {"title": "A <b>", "body": "Text"})
        self.assertContains(self.client.get("/"), "A &lt;b&gt;")

    def test_a_post_without_a_title_is_refused(self):
        answer = self.client.post("/posts/new/", {"body": "Text"})
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(Post.objects.count(), 2)

    def test_health_answers_under_any_host(self):
        answer = self.client.get("/healthz", headers={"host": "web:8000"})
        self.assertEqual((answer.status_code, answer.content), (200, b"ok\n"))
        self.assertEqual(self.client.get("/", headers={"host": "web:8000"}).status_code, 400)

    def test_pictures_are_stored_and_other_files_refused(self):
        with tempfile.TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder):
            for name, status in [("dot.png", 302), ("page.html", 422), ("logo.svg", 422)]:
                file = SimpleUploadedFile(name, b"data")
                answer = self.client.post("/pictures/", {"caption": name, "file": file})
                self.assertEqual(answer.status_code, status, name)
            url = Picture.objects.get().file.url
            self.assertEqual(url, "/media/pictures/dot.png")
            self.assertContains(self.client.get("/pictures/"), url)
