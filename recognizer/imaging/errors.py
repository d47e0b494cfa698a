"""What can be wrong with a picture, each with a sentence for the person who sent it and how to mend it."""


class PictureError(Exception):
    """A picture that is refused; nothing of it is stored."""

    code = "unreadable"
    message = "This picture cannot be read: the file is damaged or incomplete."
    remedy = "Open it on your device, save it again as PNG or JPEG, and send that."

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class UnreadablePictureError(PictureError):
    """The bytes begin like a picture and cannot be decoded to the end."""


class MissingPictureError(PictureError):
    """There is no picture in the request."""

    code = "missing_picture"
    message = "No picture was sent."
    remedy = "Choose a picture (form field “image”) and send it again."


class EmptyFileError(PictureError):
    """The file has no bytes."""

    code = "empty_file"
    message = "This file is empty."
    remedy = "Choose the picture again; if it stays empty, save it anew on your device."


class UnsupportedFormatError(PictureError):
    """The content, whatever its name, is of no format that is read."""

    code = "unsupported_format"
    message = "This file is not a PNG, JPEG, WebP, GIF or BMP picture."
    remedy = "Save the picture in one of these formats and send that."


class TooManyBytesError(PictureError):
    """The file is larger than may be sent."""

    code = "too_many_bytes"
    message = "This file is larger than 8 MiB."
    remedy = "Make the picture smaller, or save it as JPEG, and send that."


class TooManyPixelsError(PictureError):
    """The header announces more pixels than are decoded."""

    code = "too_many_pixels"
    message = "This picture has more than 20 megapixels."
    remedy = "Cut out the part with the digits, or make the picture smaller."


class NoInkError(PictureError):
    """The page is blank."""

    code = "no_ink"
    message = "There is nothing written on this picture."
    remedy = "Write a digit with a darker or thicker pen, or come closer with the camera."


class TooManyMarksError(PictureError):
    """There is more on the page than anyone writes as a number: a texture, or a page of print."""

    code = "too_many_marks"
    message = "There are too many marks on this picture to be handwritten digits."
    remedy = "Cut out the part with the digits and send that."
