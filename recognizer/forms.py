"""The forms of the pages."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from recognizer import registry
from recognizer.models import ModelKind, Picture
from recognizer.recognition import EVERY_KIND

ACCEPTED_TYPES = "image/png,image/jpeg,image/webp,image/gif,image/bmp"


class PictureForm(forms.Form):
    """A picture to be read: drawn or chosen, by the same field."""

    image = forms.FileField(
        label=_("Picture"),
        required=False,  # a missing file is told like every other problem with a picture
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES}),
        help_text=_("PNG, JPEG, WebP, GIF or BMP, up to 8 MiB and 20 megapixels."),
    )
    source = forms.ChoiceField(choices=[(s, s) for s in (Picture.Source.DRAW, Picture.Source.UPLOAD)], required=False)
    model = forms.ChoiceField(label=_("Network"), required=False)
    may_train = forms.BooleanField(
        label=_("This picture may be used to improve the reading"),
        required=False,
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = registry.available_kinds()
        if len(kinds) > 1:
            every = _("All three, side by side") if len(kinds) > 2 else _("Both, side by side")
            self.fields["model"].choices = [
                *((kind, ModelKind(kind).label) for kind in kinds),
                *([(EVERY_KIND, every)] if ModelKind.CNN in kinds else []),
            ]
        else:
            del self.fields["model"]

    def chosen_source(self) -> str:
        """Return whether the picture was drawn here or is a file."""
        return self.cleaned_data["source"] or Picture.Source.UPLOAD

    def chosen_kind(self) -> str:
        """Return the kind of model that was chosen, or EVERY_KIND, else the default one."""
        return self.cleaned_data.get("model") or ModelKind.CNN


class FilesInput(forms.FileInput):
    """Lets several files be chosen; the form knows of one, and the view takes them all from the request."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name: str) -> UploadedFile | None:
        return files.get(name)


class UploadForm(PictureForm):
    """One picture, several, or a zip of them."""

    image = forms.FileField(
        label=_("Pictures"),
        required=False,
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": f"{ACCEPTED_TYPES},application/zip,.zip", "multiple": True}),
        help_text=_(
            "PNG, JPEG, WebP, GIF or BMP, up to 8 MiB and 20 megapixels each. "
            "Up to 2,000 together, as files or in a zip, of 200 MiB in all."
        ),
    )
    may_train = forms.BooleanField(label=_("What I send may be used to improve the reading"), required=False)


class LabelForm(forms.Form):
    """What a person says a glyph is."""

    glyph = forms.IntegerField()
    label = forms.ChoiceField(
        choices=[*((str(digit), str(digit)) for digit in range(10)), ("not_a_digit", _("not a digit"))], required=False
    )
