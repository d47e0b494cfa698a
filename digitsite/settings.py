"""All settings, read from the environment; none is needed on one machine.

The README lists the names. A site that names its public hosts (ALLOWED_HOSTS) is taken to be served over HTTPS:
cookies are then sent over HTTPS only and plain HTTP is redirected. Set HTTPS=off for a private network without it.
"""

import sys
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from digitsite.environment import kept_secret_key, sqlite_options
from digitsite.logs import logging_in

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or kept_secret_key(VAR_DIR / "secret_key")
PUBLIC_HOSTS = env.list("ALLOWED_HOSTS", default=[])
METRICS_TOKEN = env("METRICS_TOKEN", default="")
ALLOWED_HOSTS = PUBLIC_HOSTS + LOOPBACK_HOSTS
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Apps and middleware

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "django_guid",
    "recognizer",  # its db_worker stands before the one of django_tasks_db
    "django_tasks",
    "django_tasks_db",
    "django_cleanup.apps.CleanupConfig",  # deletes a row's file when the deletion commits; must come last
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "recognizer.operations.monitoring.MonitoringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",  # reads a cookie, no session; what comes after it says sentences
    "recognizer.middleware.AnswerMiddleware",
    "recognizer.middleware.OutageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "recognizer.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "recognizer.middleware.LoginMiddleware",
    "recognizer.middleware.VisitorMiddleware",
]

ROOT_URLCONF = "digitsite.urls"
WSGI_APPLICATION = "digitsite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Rows

SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "db.sqlite3"}
DATABASES = {"default": env.db_url("DATABASE_URL") if env("DATABASE_URL", default="") else SQLITE}
DATABASES["default"] = {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True} | DATABASES["default"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(sqlite_options())
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FILE_CACHE = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
CACHES = {"default": env.cache_url("CACHE_URL") if env("CACHE_URL", default="") else FILE_CACHE}
if CACHES["default"]["BACKEND"].endswith("FileBasedCache"):
    CACHES["default"]["BACKEND"] = "recognizer.stores.file_cache.SharedFileCache"
    CACHES["default"].setdefault("OPTIONS", {})["MAX_ENTRIES"] = 10_000
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "recognizer.stores.redis_cache.SharedRedisCache"
    CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 2, "socket_timeout": 2} | CACHES["default"].get(
        "OPTIONS", {}
    )

# Sheets of labels that staff export and import

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

# Work that takes longer than a request: done by `manage.py db_worker`

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "pictures"]}}
TRAINING_COMMAND = [sys.executable, "-m", "training"]

# Files

MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MODEL_ROOT = Path(env("MODEL_ROOT", default=str(VAR_DIR / "models")))
RELEASED_MODEL_ROOT = BASE_DIR / "recognizer" / "released"
RETENTION_DAYS = int(env("RETENTION_DAYS", default="") or 0) or None  # how long pictures are kept; None for ever

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"  # made once for all machines, with the code
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_BUCKET = env("MEDIA_BUCKET", default="")  # boto3 reads keys and endpoint from the environment itself
STORAGES = {
    "default": {"BACKEND": "recognizer.stores.bucket.BucketStorage", "OPTIONS": {"bucket_name": MEDIA_BUCKET}}
    if MEDIA_BUCKET
    else {"BACKEND": "recognizer.stores.folder.PictureStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "digitsite.staticfiles.HashedStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_NUMBER_FILES = 2_100  # more than a batch takes, so that the view says what is wrong
FILE_UPLOAD_HANDLERS = [
    "recognizer.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "recognizer.uploads.OneFileUploadHandler",
]

# People

AUTHENTICATION_BACKENDS = [
    "recognizer.backends.AnyCaseBackend",
    "django.contrib.auth.backends.ModelBackend",  # by which sessions of older releases were begun: it keeps them
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "history"
LOGOUT_REDIRECT_URL = "draw"

# The API

RATE_LIMIT = env("RATE_LIMIT", default="60/min")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "recognizer.api.requests.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "recognizer.api.errors.exception_handler",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "ALLOWED_VERSIONS": ["1"],  # that a query string may ask for: it comes back in a header
}
REST_KNOX = {"TOKEN_TTL": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "digitsite",
    "DESCRIPTION": "Reads handwritten digits as people really write them: drawn, photographed or scanned.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,  # a file is bytes on its way in
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"VerdictEnum": "recognizer.models.Verdict"},
}

# Safety

HTTPS = env.bool("HTTPS", default=bool(set(PUBLIC_HOSTS) - set(LOOPBACK_HOSTS)))
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
FRAMED_BY = env.list("FRAMED_BY", default=[])  # sites that may show this one in a frame; its cookies then go along
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "None" if FRAMED_BY and HTTPS else "Lax"
CSRF_FAILURE_VIEW = "recognizer.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"  # for browsers that do not know frame-ancestors; the others pass over it
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": FRAMED_BY or [NONE],
        "form-action": [SELF],
    },
}

# Languages: the one that a person chose in the footer, else the one that the browser asks for

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "digitsite" / "locale"]
FORMAT_MODULE_PATH = "digitsite.formats"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "UTC"
USE_TZ = True

# What an operator reads

LOG_FORMAT = env("LOG_FORMAT", default="text")
LOGGING = logging_in(LOG_FORMAT)
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "EXPOSE_HEADER": False}
