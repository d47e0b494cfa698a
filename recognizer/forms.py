"""The forms of the pages."""

from django import forms

from recognizer import registry
from recognizer.models import ModelKind, Picture

ACCEPTED_TYPES = "image/png,image/jpeg,image/webp,image/gif,image/bmp"


class PictureForm(forms.Form):
    """A picture to be read: drawn or chosen, by the same field."""

    image = forms.FileField(
        label="Picture",
        required=False,  # a missing file is told like every other problem with a picture
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED_TYPES}),
        help_text="PNG, JPEG, WebP, GIF or BMP, up to 8 MiB and 20 megapixels.",
    )
    source = forms.ChoiceField(choices=[(s, s) for s in (Picture.Source.DRAW, Picture.Source.UPLOAD)], required=False)
    model = forms.ChoiceField(label="Network", required=False)
    may_train = forms.BooleanField(
        label="This picture may be used to improve the reading",
        required=False,
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        kinds = registry.available_kinds()
        if len(kinds) > 1:
            self.fields["model"].choices = [(kind, ModelKind(kind).label) for kind in kinds]
        else:
            del self.fields["model"]

    def chosen_source(self) -> str:
        """Return whether the picture was drawn here or is a file."""
        return self.cleaned_data["source"] or Picture.Source.UPLOAD

    def chosen_kind(self) -> str:
        """Return the kind of model that was chosen, else the default one."""
        return self.cleaned_data.get("model") or ModelKind.CNN


class LabelForm(forms.Form):
    """What a person says a glyph is."""

    glyph = forms.IntegerField()
    label = forms.ChoiceField(
        choices=[*((str(digit), str(digit)) for digit in range(10)), ("not_a_digit", "not a digit")], required=False
    )
