# The site as an image: `docker build -t digitsite .`; README.md tells how it is run.
# Debian 12 and Python 3.11 are what the tests run on. The tag keeps both and still takes in Debian's security fixes; who
# must build the very same again says which: --build-arg PYTHON=3.11.15-slim-bookworm@sha256:…
ARG PYTHON=3.11.15-slim-bookworm

FROM python:${PYTHON} AS installed
WORKDIR /installed
COPY requirements.txt .
# TensorFlow for Intel and AMD comes without code for graphics cards, too; its C++ headers are for building extensions.
RUN if [ "$(uname -m)" = x86_64 ]; then sed -i 's/^tensorflow==/tensorflow-cpu==/' requirements.txt; fi \
    && python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && rm -rf /venv/lib/python3.*/site-packages/tensorflow/include

FROM python:${PYTHON}
# For `manage.py backup` and `restore` on PostgreSQL 15. Debian's mirrors keep only the newest build of it.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --home-dir /data --no-create-home digitsite \
    && install --directory --owner digitsite --mode 700 /data
COPY --from=installed /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BIND=0.0.0.0:8000 \
    VAR_DIR=/data
WORKDIR /app
COPY . .
# The key signs nothing that is kept, and is not in the image.
RUN SECRET_KEY=for-collecting-only python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q digitsite recognizer training
USER 1000
EXPOSE 8000
# Answered as soon as one process has its networks loaded and warmed up.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "-c", "python:digitsite.gunicorn", "digitsite.wsgi"]
