# Made by stackc from input.stack. To change something, edit that file and run `stackc build`;
# a build stops rather than overwrite edits made here.

FROM buildpack-deps:trixie-scm AS git
WORKDIR /tree
RUN git init --quiet . \
    && git fetch --quiet --depth 1 --no-tags 'https://example.org/batch.git' 'v1' \
    && git checkout --quiet --detach FETCH_HEAD \
    && rm -rf .git

FROM scratch AS source-2
COPY --from=git /tree /

FROM python:3.14-slim AS source
COPY --from=source-2 . /srv
