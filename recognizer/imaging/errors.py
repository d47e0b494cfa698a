"""What can be wrong with a picture, each with a sentence for the person who sent it and how to mend it.

The sentences are English here; `recognizer.problems` says them in the language of who asks.
"""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for those who gather what there is to translate."""
    return sentence


class PictureError(Exception):
    """A picture that is refused; nothing of it is stored."""

    code = "unreadable"
    message = gettext_noop("This picture cannot be read: the file is damaged or incomplete.")
    remedy = gettext_noop("Open it on your device, save it again as PNG or JPEG, and send that.")

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class UnreadablePictureError(PictureError):
    """The bytes begin like a picture and cannot be decoded to the end."""


class MissingPictureError(PictureError):
    """There is no picture in the request."""

    code = "missing_picture"
    message = gettext_noop("No picture was sent.")
    remedy = gettext_noop("Choose a picture (form field “image”) and send it again.")


class EmptyFileError(PictureError):
    """The file has no bytes."""

    code = "empty_file"
    message = gettext_noop("This file is empty.")
    remedy = gettext_noop("Choose the picture again; if it stays empty, save it anew on your device.")


class UnsupportedFormatError(PictureError):
    """The content, whatever its name, is of no format that is read."""

    code = "unsupported_format"
    message = gettext_noop("This file is not a PNG, JPEG, WebP, GIF or BMP picture.")
    remedy = gettext_noop("Save the picture in one of these formats and send that.")


class TooManyBytesError(PictureError):
    """The file is larger than may be sent."""

    code = "too_many_bytes"
    message = gettext_noop("This file is larger than 8 MiB.")
    remedy = gettext_noop("Make the picture smaller, or save it as JPEG, and send that.")


class TooManyPixelsError(PictureError):
    """The header announces more pixels than are decoded."""

    code = "too_many_pixels"
    message = gettext_noop("This picture has more than 20 megapixels.")
    remedy = gettext_noop("Cut out the part with the digits, or make the picture smaller.")


class NoInkError(PictureError):
    """The page is blank."""

    code = "no_ink"
    message = gettext_noop("There is nothing written on this picture.")
    remedy = gettext_noop("Write a digit with a darker or thicker pen, or come closer with the camera.")


class TooManyMarksError(PictureError):
    """There is more on the page than anyone writes as a number: a texture, or a page of print."""

    code = "too_many_marks"
    message = gettext_noop("There are too many marks on this picture to be handwritten digits.")
    remedy = gettext_noop("Cut out the part with the digits and send that.")
