# syntax=docker/dockerfile:1
# midspan's image: worker, UI and command line. For the CPU, without torch, by default; with torch, CUDA and faiss-gpu:
#   docker build --build-arg ACCELERATOR=cuda -t midspan:cuda .

FROM python:3.11-slim-bookworm AS build
ARG ACCELERATOR=cpu
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=/opt/midspan
WORKDIR /build
COPY requirements.lock requirements-dev.lock requirements-gpu.lock ./
RUN sed -n '/^uv==/,/^[a-z]/p' requirements-dev.lock | sed '$d; s/[[:space:]]*# via.*//' > uv.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r uv.txt \
    && uv venv "$VIRTUAL_ENV"
RUN --mount=type=cache,target=/root/.cache/uv set -eu; case "$ACCELERATOR" in \
    cpu) lock=requirements.lock ;; \
    cuda) lock=requirements-gpu.lock ;; \
    *) echo "ACCELERATOR is cpu or cuda, not $ACCELERATOR" >&2; exit 2 ;; \
    esac; \
    uv pip sync --require-hashes "$lock"
COPY pyproject.toml README.md LICENSE NOTICE CHANGELOG.md ./
COPY migrations migrations
COPY midspan midspan
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install --no-deps --require-build-hashes --build-constraints requirements-dev.lock .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home midspan \
    && install --directory --owner=midspan --group=midspan --mode=0700 /workspace
COPY --from=build /opt/midspan /opt/midspan
ENV PATH=/opt/midspan/bin:$PATH MIDSPAN_WORKSPACE=/workspace PYTHONUNBUFFERED=1
USER midspan
WORKDIR /home/midspan
VOLUME /workspace
ENTRYPOINT ["midspan"]
