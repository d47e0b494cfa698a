"""How the site's own static files are named when they are served."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Names every file by its content, the modules that other modules import included."""

    support_js_module_import_aggregation = True
