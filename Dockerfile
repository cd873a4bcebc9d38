# The camera as a container: docker build -t panocam . && docker run -p 8080:8080 -p 8443:8443 -p 8554:8554 -v panocam:/data panocam
# Every option of the command line is an environment variable PANOCAM_…; see docs/command-line.md and docs/container.md.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The first line builds the web interface into the package, the others install the package, with its native kernel, where it will stay:
# compiled, for the user who runs it may not write there, and compiling everything at each start would take longer than all else.
RUN python scripts/setup.py \
 && python -m venv /opt/panocam \
 && /opt/panocam/bin/pip install --no-cache-dir -c requirements.lock . ./native

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data panocam && mkdir /data && chown panocam /data
COPY --from=build /opt/panocam /opt/panocam
COPY scripts/healthy.py /opt/panocam/healthy.py
ENV PATH=/opt/panocam/bin:$PATH PANOCAM_DATA=/data PANOCAM_READY_FILE=/tmp/ready.json
USER panocam
VOLUME /data
EXPOSE 8080 8443 8554 8322
HEALTHCHECK --start-period=20s CMD ["python", "/opt/panocam/healthy.py", "/tmp/ready.json"]
ENTRYPOINT ["panocam"]
CMD ["run"]
