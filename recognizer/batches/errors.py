"""What can be wrong with files that are sent together, beside what can be wrong with a picture."""

from recognizer.imaging import errors as imaging
from recognizer.imaging.errors import PictureError, gettext_noop


class TooMuchAtOnceError(PictureError):
    """The request is larger than is kept."""

    code = "too_much_at_once"
    message = gettext_noop("These files are larger than 200 MiB together.")
    remedy = gettext_noop("Send them in several parts; nothing was stored.")


class TooManyFilesError(PictureError):
    """There are more files than one batch takes."""

    code = "too_many_files"
    message = gettext_noop("There are more than 2,000 pictures in this.")
    remedy = gettext_noop("Send them in several parts; nothing was stored.")


class TooManyBatchesError(PictureError):
    """Whoever sends this has as many batches waiting as one may have."""

    code = "too_many_batches"
    message = gettext_noop("Several of your batches are still being read.")
    remedy = gettext_noop("Wait until one is done, or stop one, and send this again; nothing was stored.")


class UnreadableArchiveError(PictureError):
    """The zip has no directory that can be read."""

    code = "unreadable_zip"
    message = gettext_noop("This zip cannot be opened: the file is damaged or incomplete.")
    remedy = gettext_noop("Make the zip again and send that, or send the pictures themselves.")


class EmptyArchiveError(PictureError):
    """The zip holds no file at all."""

    code = "empty_zip"
    message = gettext_noop("There is no picture in this zip.")
    remedy = gettext_noop("Put the pictures into the zip and send it again.")


class SwollenArchiveError(PictureError):
    """The zip would unpack to more than is read: a great deal, or very much more than it is itself."""

    code = "swollen_zip"
    message = gettext_noop("This zip unpacks to more than 400 MiB, or to far more than pictures do.")
    remedy = gettext_noop("Send the pictures in several zips, saved as PNG or JPEG.")


class EncryptedFileError(PictureError):
    """The file in the zip is locked with a password."""

    code = "encrypted"
    message = gettext_noop("This file is locked with a password.")
    remedy = gettext_noop("Make the zip without a password and send that.")


class NestedArchiveError(PictureError):
    """The file in the zip is a zip itself."""

    code = "nested_zip"
    message = gettext_noop("This is a zip inside a zip, and is not opened.")
    remedy = gettext_noop("Unpack it and send its pictures.")


class UnpackableFileError(PictureError):
    """The file in the zip is not what the zip's directory says, or packed in a way that is not read."""

    code = "unpackable"
    message = gettext_noop("This file cannot be unpacked: it is damaged, or packed in an uncommon way.")
    remedy = gettext_noop("Make the zip again with your system’s own program and send that.")


class LostFileError(PictureError):
    """The file that waited to be read is gone."""

    code = "lost"
    message = gettext_noop("This file was lost before it could be read.")
    remedy = gettext_noop("Send it again.")


class StoppedError(PictureError):
    """The batch was stopped before it was this file's turn."""

    code = "stopped"
    message = gettext_noop("This file was not read, because the batch was stopped.")
    remedy = gettext_noop("Send it again to have it read.")


OF_A_FILE = {
    error.code: error
    for error in (
        PictureError,
        imaging.EmptyFileError,
        imaging.UnsupportedFormatError,
        imaging.TooManyBytesError,
        imaging.TooManyPixelsError,
        imaging.NoInkError,
        imaging.TooManyMarksError,
        EncryptedFileError,
        NestedArchiveError,
        UnpackableFileError,
        LostFileError,
        StoppedError,
    )
}
"""Everything that can be wrong with one file of a batch, by the code that its row keeps."""
