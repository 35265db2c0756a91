from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from .forms import PictureForm, PostForm
from .models import Counter, Picture, Post

# Enough for an example, and no page grows without end.
SHOWN = 50


@require_safe
@never_cache
def index(request):
    context = {"posts": Post.objects.all()[:SHOWN], "visits": Counter.increment("index")}
    return render(request, "posts/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_post(request):
    form = PostForm()
    if request.method == "POST":
        form = PostForm(request.POST)
        if form.is_valid():
            form.save()
            return redirect("index")
    return render(request, "posts/new_post.html", {"form": form}, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request):
    form = PictureForm()
    if request.method == "POST":
        form = PictureForm(request.POST, request.FILES)
        if form.is_valid():
            form.save()
            return redirect("pictures")
    context = {"form": form, "pictures": Picture.objects.all()[:SHOWN]}
    return render(request, "posts/pictures.html", context, status=form_status(form))


def form_status(form):
    return 422 if form.errors else 200
