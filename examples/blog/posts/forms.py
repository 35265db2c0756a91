from django import forms

from .models import Picture, Post


class PostForm(forms.ModelForm):
    class Meta:
        model = Post
        fields = ["title", "body"]


class PictureForm(forms.ModelForm):
    class Meta:
        model = Picture
        fields = ["caption", "file"]
