# Kairo with the PostgreSQL that it runs for itself. docs/operating.md tells how to use it.
#
#   docker build --tag kairo .

ARG RUST=1.95
ARG DEBIAN=bookworm

FROM rust:${RUST}-slim-${DEBIAN} AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package kairo \
    && install -D -m 0755 target/release/kairo /out/kairo

FROM debian:${DEBIAN}-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]

# Debian keeps one minor release of each package, and takes older ones away: a pinned version would
# not build after the next security update of PostgreSQL, which Kairo insists on.
# The package must not make a cluster of its own.
# hadolint ignore=DL3008
RUN mkdir -p /etc/postgresql-common/createcluster.d \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/kairo.conf \
    && apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl postgresql \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 kairo \
    && useradd --system --uid 10001 --gid kairo --no-log-init \
        --home-dir /var/lib/kairo --shell /usr/sbin/nologin kairo \
    && install -d -m 0711 -o kairo -g kairo /var/lib/kairo

COPY --from=build /out/kairo /usr/local/bin/kairo

# By number: a cluster that forbids root must see that this is another user.
USER 10001:10001
ENV KAIRO_DATA_DIR=/var/lib/kairo \
    KAIRO_LISTEN=0.0.0.0:8443 \
    KAIRO_LOG=json
# The keys, the private cluster and the certificates; nothing else is written but to /tmp.
VOLUME ["/var/lib/kairo"]
EXPOSE 8443
# In order: requests under way are answered, then PostgreSQL is stopped.
STOPSIGNAL SIGTERM
# The certificate is for the public name and not for this address; nothing secret is sent.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["curl", "--silent", "--fail", "--insecure", "--output", "/dev/null", "https://127.0.0.1:8443/readyz"]
ENTRYPOINT ["/usr/local/bin/kairo"]
CMD ["serve"]
