from django.urls import path

from . import views

urlpatterns = [
    path("", views.index, name="index"),
    path("posts/new/", views.new_post, name="new-post"),
    path("pictures/", views.pictures, name="pictures"),
]
