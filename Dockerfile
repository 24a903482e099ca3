# syntax=docker/dockerfile:1
# midspan's image: worker, UI and command line. CPU by default; with CUDA and faiss-gpu:
#   docker build --build-arg ACCELERATOR=cuda -t midspan:cuda .

FROM python:3.11-slim-bookworm AS build
ARG ACCELERATOR=cpu
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 VIRTUAL_ENV=/opt/midspan
WORKDIR /build
COPY requirements.lock requirements-server.lock ./
RUN sed -n '/^uv==/,/^[a-z]/p' requirements.lock | sed '$d' | sed 's/[[:space:]]*# via.*//' > uv.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r uv.txt \
    && uv venv "$VIRTUAL_ENV"
# torch for CPUs lies in an index of its own, so its hash is not in the lock: only its version is pinned.
RUN --mount=type=cache,target=/root/.cache/uv set -eu; case "$ACCELERATOR" in \
    cpu) grep -oE '^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z0-9-]+)' requirements-server.lock > gpu.txt; \
         uv pip install --no-deps --require-hashes --excludes gpu.txt -r requirements-server.lock; \
         uv pip install --no-deps --torch-backend cpu "$(grep -oE '^torch==[0-9.]+' requirements-server.lock)" ;; \
    cuda) printf 'faiss-cpu\n' > cpu.txt; \
         uv pip install --no-deps --require-hashes --excludes cpu.txt -r requirements-server.lock; \
         uv pip install "faiss-gpu==$(sed -nE 's/^faiss-cpu==([0-9.]+).*/\1/p' requirements-server.lock)" ;; \
    *) echo "ACCELERATOR is cpu or cuda, not $ACCELERATOR" >&2; exit 2 ;; \
    esac
COPY pyproject.toml README.md LICENSE NOTICE CHANGELOG.md ./
COPY migrations migrations
COPY midspan midspan
RUN --mount=type=cache,target=/root/.cache/uv uv pip install --no-deps .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --create-home midspan \
    && install --directory --owner=midspan --group=midspan --mode=0700 /workspace
COPY --from=build /opt/midspan /opt/midspan
ENV PATH=/opt/midspan/bin:$PATH MIDSPAN_WORKSPACE=/workspace PYTHONUNBUFFERED=1
USER midspan
WORKDIR /home/midspan
VOLUME /workspace
ENTRYPOINT ["midspan"]
