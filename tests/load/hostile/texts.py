"""Texts that nobody expects: as names, labels, values, types and headers."""

INJECTED = "X-Injected"
"""A header that no answer has, unless what was sent got into its head."""
SCRIPT = "<script>alert(1)</script>"
"""Stands in no page as it is."""

STRANGE = (
    *("", "\0", "../../etc/passwd", "..\\..\\boot.ini", "=1+1", "@SUM(A1)", "-2+3", "＝1+1", SCRIPT, f"\"'>{SCRIPT}"),
    *("' OR 1=1 --", '"; DROP TABLE recognizer_picture; --', "%00", "%s%n", "{{ 7*7 }}", "${7*7}", "{0.__class__}"),
    *(f"\r\n{INJECTED}: yes", f"7.png\r\n\r\n{SCRIPT}", "\u202egnp.7", "\u2028", "\ufeff7", "７", "٧", "🖋" * 90),
    *("a" * 10_000, "é" * 300, "\ud7ff", "\x1b[31m", "\x85", "NaN", "Infinity", "-1", "1e999", "9" * 400, "0x7"),
    *("2026-13-45", "0000-00-00", "9999-12-31", "null", "[]", "true", "0", "7", "not_a_digit", "all", "csv"),
    *("00000000-0000-0000-0000-000000000000", "//evil.example/", "javascript:alert(1)", "http://[", "\\\\evil.example"),
)
TYPES = (
    *("image/png", "image/svg+xml", "text/html", "application/zip", "multipart/form-data", "", "a" * 900, "/", ";;;"),
    *("x/y; charset=\xff", "image/png; charset=nonsense", "text/plain; charset=utf-7", "image/png; name*=utf-8''%ff"),
)
HEADERS = {
    "Accept": ("application/json", "*/*;q=x", "text/html;level=" + "9" * 400, ",,,", "image/\xff"),
    "Accept-Encoding": ("gzip;q=-1", "zstd", "*" * 900, "gzip, gzip, gzip"),
    "Accept-Language": ("de;q=nan", "x" * 5000, "en-" * 900, "*;q=2", "../../etc", "de_DE@euro;q=1e9", "\xff"),
    "Authorization": ("Token \xff", "Basic =", "Bearer", "Token " + "a" * 7000, "Token", "Token a b", "Token \u2028"),
    "Cookie": (
        *("visitor=", "visitor=a:b:c; visitor=\xff", "sessionid=" + "a" * 7000, "csrftoken=<>", "messages=W10:a:b"),
        *("language=../../etc/passwd", "history_view=\\033", ";;;===", '$Version="1"; visitor="\\"', "a=b; " * 900),
    ),
    "Host": ("evil.example", "127.0.0.1:99999", "[::1", "", "a b", "localhost:80:80", "a" * 5000, "\xff.example"),
    "If-Match": ("*", '"a"', "W/" * 900),
    "If-Modified-Since": ("NaN", "Thu, 99 Foo 0000 99:99:99 GMT", "Thu, 01 Jan 99999999999 00:00:00 GMT", "9" * 400),
    "If-None-Match": ("*", '"' * 900, 'W/"7", "', "\xff"),
    "If-Range": ('"a"', "NaN"),
    "Origin": ("null", "http://evil.example", "http://[", "\xff"),
    "Range": ("bytes=0-", "bytes=9-1", "bytes=-" + "9" * 400, "items=1", "bytes=" + "0-1," * 900, "bytes=٧-"),
    "Referer": ("javascript:alert(1)", "http://[", "http://evil.example/" + "a" * 5000, "\xff"),
    "X-CSRFToken": ("", "a" * 64, "\xff", "<>"),
    "X-Forwarded-For": ("127.0.0.1", "a", "::1%\xff", "1.1.1.1, " * 300),
    "X-Forwarded-Host": ("evil.example", "[::1"),
    "X-Forwarded-Proto": ("https", "ftp", "\xff"),
    "X-HTTP-Method-Override": ("DELETE", "BREW"),
    "X-Request-ID": (SCRIPT, "a" * 5000, "\xff", "00000000-0000-0000-0000-000000000000"),
}
FIELDS = (
    *("model", "source", "may_train", "csrfmiddlewaretoken", "image", "label", "glyph", "position", "picture", "back"),
    *("next", "reason", "kind", "epochs", "start", "shown", "hides", "confirmation", "deleted", "name", "username"),
    *("password1", "password2", "old_password", "password", "language", "action", "_selected_action", "index"),
    *("file_format", "confirmed", "import_file", "original_file_name", "select_across", "all"),
)
"""Of all forms of the site."""
PARAMETERS = (
    *("digit", "verdict", "labelled", "model", "source", "since", "until", "newer", "older", "view", "sort", "page"),
    *("show", "after", "before", "shown", "version", "next", "first", "q", "o", "p", "e", "all", "cursor", "page_size"),
    *("limit", "offset", "format", "lang", "kind", "doubt", "_changelist_filters", "_popup", "_to_field", "_facets"),
    *("created__gte", "created__year", "reading__exact", "label__isnull", "id__in", "password__startswith"),
)
"""Of all addresses of the site, and some that Django's admin is asked for elsewhere."""
