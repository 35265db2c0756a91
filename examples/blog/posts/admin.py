from django.contrib import admin

from .models import Counter, Picture, Post


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    date_hierarchy = "created"
    list_display = ["title", "created"]
    search_fields = ["title", "body"]


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    list_display = ["caption", "file", "created"]


@admin.register(Counter)
class CounterAdmin(admin.ModelAdmin):
    list_display = ["name", "value"]
