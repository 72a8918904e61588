# The service and its worker; the same image, another command. Runs as a user without rights.

FROM python:3.12-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /opt/build && python -m venv /opt/passport
COPY requirements/build.txt requirements/core.txt requirements/
RUN /opt/build/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt
RUN /opt/passport/bin/pip install --no-cache-dir --require-hashes --requirement requirements/core.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY schemas schemas
COPY passport passport
COPY bms_ingest bms_ingest
COPY recycler_portal recycler_portal
RUN /opt/build/bin/python -m hatchling build --target wheel \
    && /opt/passport/bin/pip install --no-cache-dir --no-deps dist/*.whl

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/passport --create-home passport
COPY --from=build /opt/passport /opt/passport
ENV PATH=/opt/passport/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PASSPORT_DATA=/var/lib/passport
USER passport
WORKDIR /var/lib/passport
VOLUME /var/lib/passport
EXPOSE 8000
CMD ["passport", "serve", "--host", "0.0.0.0", "--port", "8000"]
