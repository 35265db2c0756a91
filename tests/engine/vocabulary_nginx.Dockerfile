# nginx with all modules that are packaged for it, and the files that the examples of its directives name.
ARG BASE=nginx:1.30
FROM $BASE
ARG DEBIAN_FRONTEND=noninteractive
RUN apt-get update && apt-get install -y --no-install-recommends openssl \
# The official image has them; the stand-in is made of Debian's packages.
 && if ! [ -e /etc/nginx/modules/ngx_http_geoip_module.so ]; then \
      mkdir -p /etc/nginx/modules-enabled && apt-get install -y --no-install-recommends libnginx-mod-http-geoip libnginx-mod-http-image-filter \
        libnginx-mod-http-xslt-filter libnginx-mod-mail libnginx-mod-stream libnginx-mod-stream-geoip; \
    fi \
 && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /etc/nginx/geoip /etc/nginx/tls /etc/nginx/xml /srv/www /var/cache/nginx /var/log/nginx
WORKDIR /etc/nginx/geoip
# MaxMind's old format: records, three bytes 255, the kind of database, how many records there are.
RUN for database in country:1 org:5 city:2; do \
      { head -c 64 /dev/zero; printf '\377\377\377\00'"${database#*:}"'\001\000\000'; } >"${database%:*}.dat"; \
    done
WORKDIR /etc/nginx/xml
RUN echo '<!ENTITY nbsp "&#160;">' >entities.dtd \
 && echo '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>' >page.xslt
WORKDIR /etc/nginx/tls
RUN for name in ca example.org client; do \
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -subj "/CN=$name" -keyout "$name.key" -out "$name.crt" 2>/dev/null; \
    done \
 && openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dhparam.pem \
 && head -c 80 /dev/urandom >ticket.key && head -c 32 /dev/urandom >quic.key && echo example >passphrases \
 && : >index.txt && : >ech.pem \
 && printf '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=3650\n' >ca.cnf \
 && openssl ca -config ca.cnf -gencrl -cert ca.crt -keyfile ca.key -out revoked.pem \
 && openssl ocsp -issuer ca.crt -serial 1 -index index.txt -CA ca.crt -rsigner ca.crt -rkey ca.key -respout ocsp.der
WORKDIR /
