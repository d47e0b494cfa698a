"""How the site's own static files are named when they are served."""

import re

import pytest
from django.core.management import call_command

HASHED = r"\.[0-9a-f]{12}\."


@pytest.fixture
def collected(settings, tmp_path):
    """Collect the site's own files, and nothing of other apps, as `make run` does."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "digitsite.staticfiles.HashedStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return settings.STATIC_ROOT


def test_modules_import_each_other_by_their_hashed_names(collected):
    modules = [path for path in collected.rglob("*.js") if re.search(HASHED, path.name)]
    imports = [name for path in modules for name in re.findall(r'from\s*["\'](\.[^"\']+)["\']', path.read_text())]

    assert modules
    assert imports
    assert all(re.search(HASHED, name) for name in imports)


def test_style_sheets_name_what_is_there(collected):
    for sheet in collected.rglob("*.css"):
        if re.search(HASHED, sheet.name):
            for name in re.findall(r'url\(["\']?([^"\')]+)', sheet.read_text()):
                assert name.startswith("data:") or (sheet.parent / name.split("#")[0]).is_file()


def test_every_static_file_that_a_template_names_is_there(collected, settings):
    templates = settings.BASE_DIR / "templates"
    names = {
        name
        for template in templates.rglob("*.html")
        for name in re.findall(r"{% static '([^']+)' %}", template.read_text())
    }

    assert names
    assert [name for name in sorted(names) if not (collected / name).is_file()] == []
