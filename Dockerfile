# Builds the wheel, installs it in a clean image: non-root, one command.
FROM python:3.11-slim AS build
WORKDIR /src
COPY . .
RUN python -m venv /opt/rert-cds \
 && /opt/rert-cds/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && /opt/rert-cds/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM python:3.11-slim
RUN useradd --system --create-home --home-dir /var/lib/rert-cds --shell /usr/sbin/nologin rert-cds
COPY --from=build /opt/rert-cds /opt/rert-cds
ENV PATH=/opt/rert-cds/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /var/lib/rert-cds
USER rert-cds
EXPOSE 8000
# The service without authentication listens on loopback only; see docs/running.md for what that means here.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('RERT_CDS_PORT', '8000') + '/health/live', timeout=2)"]
CMD ["rert-cds", "serve"]
